package dev.signalbox.api;

import io.netty.util.ResourceLeakDetector;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Leaves out what every request would pay for. Nobody here speaks over a WebSocket, so none has to pass a handler that looks whether
 * it wants to. And Netty does not sample its buffers for those that are forgotten, unless it is told to, as in tests, with
 * {@code -Dio.netty.leakDetection.level=simple}.
 */
@Singleton
public class LeanServer implements HttpServerOptionsCustomizer {

    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setPerFrameWebSocketCompressionSupported(false).setPerMessageWebSocketCompressionSupported(false);
        if (System.getProperty(LEAK_DETECTION) == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        customizeHttpServer(options);
    }
}
