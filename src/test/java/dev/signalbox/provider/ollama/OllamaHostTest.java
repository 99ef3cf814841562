package dev.signalbox.provider.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaHostTest {

    @ParameterizedTest
    @CsvSource({
        "myhost,http://myhost:11434",
        "myhost:8080,http://myhost:8080",
        ":8080,http://127.0.0.1:8080",
        "http://myhost:8080,http://myhost:8080",
        "http://myhost,http://myhost",
        "https://myhost/ollama,https://myhost/ollama",
        "0.0.0.0,http://127.0.0.1:11434",
        "0.0.0.0:8080,http://127.0.0.1:8080",
        "http://0.0.0.0:8080,http://127.0.0.1:8080",
        "127.0.0.1:11434/,http://127.0.0.1:11434/",
        "::,http://[::1]:11434",
        "[::1]:8080,http://[::1]:8080",
        "ollama.com,https://ollama.com",
    })
    void forms(String value, String url) {
        assertThat(OllamaHost.url(value)).isEqualTo(url);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> OllamaHost.url("my host")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OllamaHost.url("host:port")).isInstanceOf(IllegalArgumentException.class);
    }
}
