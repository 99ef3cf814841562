package dev.signalbox.api;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.impl.VertxHandler;
import jakarta.enterprise.inject.spi.CDI;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A caller's connection below all requests. One on which nothing comes or goes for ten minutes is closed. As long as it speaks HTTP/1,
 * who begins a request has to come to the end of its head, and what is no request is refused in JSON like any other.
 *
 * <p>Netty's own handler for idle connections looks at the clock and at the outcome of every write, of which a stream has one per chunk.
 */
final class CallerLine extends ChannelDuplexHandler {

    private static final long PATIENCE_SECONDS = 30;
    private static final int MOST_QUIET_MINUTES = 10;

    /** No version of HTTP needs more bytes to be told from the others. */
    private static final int MOST_BYTES_TO_KNOW = 32;

    private static final String HTTP2_SETTINGS = "http2-settings";
    private static final Pattern BASE64URL = Pattern.compile("(?:[A-Za-z0-9_-]{8})*");

    private boolean isKnown;
    private boolean isOfInterest = true;
    private boolean isInside;
    private boolean hasSpoken;
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable ScheduledFuture<?> minutes;
    private int quietMinutes;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        minutes = ctx.executor().scheduleAtFixedRate(() -> minute(ctx), 1, 1, TimeUnit.MINUTES);
    }

    private void minute(ChannelHandlerContext ctx) {
        quietMinutes++;
        if (quietMinutes >= MOST_QUIET_MINUTES) {
            ctx.close();
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        quietMinutes = 0;
        ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        quietMinutes = 0;
        if (!isOfInterest) {
            ctx.fireChannelRead(message);
            return;
        }
        hasSpoken = false;
        if (isKnown || !(message instanceof ByteBuf bytes) || ctx.pipeline().get(SslHandler.class) != null) {
            ctx.fireChannelRead(message);
            know(ctx.pipeline());
        } else {
            begin(ctx, bytes);
        }
        if (isOfInterest && !isInside && !hasSpoken && deadline == null) {
            deadline = ctx.executor().schedule(() -> tooSlow(ctx), PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** The first bytes go on one by one until it is known which HTTP they are, so that nothing is decoded unseen. */
    private void begin(ChannelHandlerContext ctx, ByteBuf bytes) {
        try {
            for (int i = 0; i < MOST_BYTES_TO_KNOW && !isKnown && isOfInterest && bytes.isReadable(); i++) {
                ctx.fireChannelRead(bytes.readRetainedSlice(1));
                know(ctx.pipeline());
            }
            if (bytes.isReadable()) {
                ctx.fireChannelRead(bytes.readRetainedSlice(bytes.readableBytes()));
            }
        } finally {
            ReferenceCountUtil.release(bytes);
        }
    }

    private void know(ChannelPipeline pipeline) {
        if (isKnown) {
            return;
        }
        if (pipeline.get(Http2ConnectionHandler.class) != null) {
            isOfInterest = false;
            forget();
            return;
        }
        ChannelHandlerContext decoder = pipeline.context(HttpRequestDecoder.class);
        if (decoder != null) {
            isKnown = true;
            pipeline.addAfter(decoder.name(), "caller-heads", new Heads());
            pipeline.addLast("caller-refusals", new Refusals());
        }
    }

    private void tooSlow(ChannelHandlerContext ctx) {
        deadline = null;
        ChannelPipeline pipeline = ctx.pipeline();
        know(pipeline);
        if (isOfInterest && !isInside && (!isKnown || pipeline.get(HttpRequestDecoder.class) != null)) {
            ctx.close();
        }
    }

    private void forget() {
        ScheduledFuture<?> now = deadline;
        deadline = null;
        if (now != null) {
            now.cancel(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        forget();
        if (minutes != null) {
            minutes.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    /** Sees where requests begin and end, and refuses addresses that nobody could read. */
    private final class Heads extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            hasSpoken = true;
            if (message instanceof HttpRequest request) {
                isInside = true;
                forget();
                look(request);
            }
            if (message instanceof LastHttpContent) {
                isInside = false;
            }
            ctx.fireChannelRead(message);
        }
    }

    private static void look(HttpRequest request) {
        boolean isVersion = request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                || request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (request.decoderResult().isSuccess() && !(isVersion && Addresses.isWellFormed(request.uri()))) {
            request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("no address or version")));
        }
        if (!isVersion) {
            // an answer has the version of its request
            request.setProtocolVersion(HttpVersion.HTTP_1_1);
        }
        if (request.headers().containsValue(HttpHeaderNames.UPGRADE, "h2c", true)) {
            String settings = request.headers().get(HTTP2_SETTINGS);
            if (settings == null || !BASE64URL.matcher(settings).matches()) {
                // the server would wait for what does not come
                request.headers().remove(HttpHeaderNames.UPGRADE);
            }
        }
    }

    /** Says who refuses what is no request, as soon as there is somebody to be told. */
    private static final class Refusals extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            VertxHandler<?> handler = ctx.pipeline().get(VertxHandler.class);
            if (handler != null) {
                if (handler.getConnection() instanceof HttpServerConnection connection) {
                    connection.invalidRequestHandler(request ->
                            CDI.current().select(Entrance.class).get().refuse(request));
                }
                ctx.fireChannelRead(message);
                ctx.pipeline().remove(this);
            } else {
                ctx.fireChannelRead(message);
            }
        }
    }
}
