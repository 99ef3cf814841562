package dev.signalbox.api.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.api.gemini.Asked.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a path asks of which model. */
class AskedTest {

    @ParameterizedTest
    @CsvSource({
        "models/m:generateContent,m,GENERATE",
        "models/m:streamGenerateContent,m,STREAM",
        "models/m:countTokens,m,COUNT",
        "models/m:embedContent,m,EMBED",
        "models/m:batchEmbedContents,m,EMBED_MANY",
        "models/ollama/llama3:8b:generateContent,ollama/llama3:8b,GENERATE",
        "models/models/m:generateContent,m,GENERATE",
        "tunedModels/mine:generateContent,tunedModels/mine,GENERATE",
        "ollama/llama3:8b:generateContent,ollama/llama3:8b,GENERATE",
    })
    void theMethodStandsBehindTheLastColon(String path, String model, Method method) {
        assertThat(Asked.of(path)).isEqualTo(new Asked(model, method, false));
    }

    @Test
    void aModelAloneIsAskedNothing() {
        assertThat(Asked.of("models/a/b")).isEqualTo(new Asked("a/b", null, false));
    }

    @Test
    void whatStandsBehindTheLastColonMayBeNoMethod() {
        assertThat(Asked.of("models/llama3:8b")).isEqualTo(new Asked("llama3:8b", null, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "models",
                "files/f",
                "files/f:download",
                "cachedContents",
                "m:generateContent",
                "/m:countTokens"
            })
    void otherPathsNameNoModel(String path) {
        assertThat(Asked.of(path)).isNull();
    }

    @Test
    void namesAreWrittenAsTheyAreAskedFor() {
        assertThat(Asked.named("a/b")).isEqualTo("models/a/b");
        assertThat(Asked.named("tunedModels/t")).isEqualTo("tunedModels/t");
    }
}
