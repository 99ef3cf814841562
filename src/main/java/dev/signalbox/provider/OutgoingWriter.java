package dev.signalbox.provider;

import dev.signalbox.upstream.Outgoing;
import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

/**
 * Writes a request as it is, with the headers that it brings. Known to all REST clients from the build on: what is registered
 * with one client is merged with what all have, anew for each request.
 */
@Provider
@ConstrainedTo(RuntimeType.CLIENT)
public final class OutgoingWriter implements MessageBodyWriter<Outgoing> {

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == Outgoing.class;
    }

    @Override
    public void writeTo(
            Outgoing outgoing,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> httpHeaders,
            OutputStream entityStream)
            throws IOException {
        outgoing.headers().forEach(httpHeaders::putSingle);
        outgoing.connected().run();
        entityStream.write(outgoing.body());
    }
}
