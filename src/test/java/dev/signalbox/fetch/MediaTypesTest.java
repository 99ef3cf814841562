package dev.signalbox.fetch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MediaTypesTest {

    static Stream<Arguments> beginnings() {
        return Stream.of(
                arguments("\u0089PNG\r\n\u001a\nrest", "image/png"),
                arguments("\u00ff\u00d8\u00ff\u00e0", "image/jpeg"),
                arguments("GIF87a..", "image/gif"),
                arguments("GIF89a..", "image/gif"),
                arguments("RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
                arguments("%PDF-1.7\n\u00ff\u00fe", "application/pdf"),
                arguments("Hello!", "text/plain"),
                arguments("<!doctype html><p>", "text/plain"),
                arguments("", null),
                arguments("\u0089PN", null),
                arguments("RIFF\0\0\0\0WAVE", null),
                arguments("MZ\u0090\0", null),
                arguments("PK\u0003\u0004", null),
                arguments("\u00e9t\u00e9", null));
    }

    @ParameterizedTest
    @MethodSource("beginnings")
    void bytesAreToldByTheirBeginning(String bytes, String mediaType) {
        assertThat(MediaTypes.of(bytes.getBytes(ISO_8859_1))).isEqualTo(mediaType);
    }

    @Property
    void anyBytesAreSomethingOrNothing(@ForAll byte[] bytes) {
        assertThatCode(() -> MediaTypes.of(bytes)).doesNotThrowAnyException();
    }
}
