package dev.signalbox.store;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections whose other end does not. The client of PostgreSQL says farewell and waits for the server to hang up; when the
 * network has swallowed that, it would wait until the operating system gives up, a quarter of an hour, and the pool with it. Netty
 * finds this as a service, once it is told to look.
 */
@RegisterForReflection // natively, what a ServiceLoader makes has to be known beforehand
public final class StoreLine extends ChannelInitializerExtension {

    private static final long PATIENCE_SECONDS = 2;

    /** Has Netty look for it; before the first connection. */
    static void open() {
        System.setProperty(EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
    }

    @Override
    public void postInitializeClientChannel(Channel channel) {
        channel.pipeline().addFirst("farewell", new Farewell());
    }

    private static final class Farewell extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelOutputShutdownEvent) {
                ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            ctx.fireUserEventTriggered(event);
        }
    }
}
