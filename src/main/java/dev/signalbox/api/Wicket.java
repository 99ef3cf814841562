package dev.signalbox.api;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** Puts a {@link CallerLine} on every connection that a caller opens. Netty finds it as a service, once it is told to look. */
@RegisterForReflection // natively, what a ServiceLoader makes has to be known beforehand
public final class Wicket extends ChannelInitializerExtension {

    /** Has Netty look for it; before the server listens. */
    static void open() {
        System.setProperty(EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
    }

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        channel.pipeline().addFirst("caller-line", new CallerLine());
    }
}
