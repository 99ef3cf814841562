package dev.signalbox.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of models in addresses. */
class GeminiModelTest {

    @ParameterizedTest
    @CsvSource({
        "gemini-2.5-flash,models/gemini-2.5-flash",
        "models/gemini-2.5-flash,models/gemini-2.5-flash",
        "tunedModels/mine-1,tunedModels/mine-1",
        "with/slash,models/with/slash",
        "odd name?alt=x#y,models/odd%20name%3Falt%3Dx%23y",
    })
    void everyNameIsAResource(String model, String path) {
        assertThat(GeminiModel.path(model)).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../files", "a/../../files", "models/", "models/..", "a//b", "./a"})
    void aNameThatLeadsElsewhereIsNone(String model) {
        assertThat(GeminiModel.path(model)).isNull();
    }
}
