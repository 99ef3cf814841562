package dev.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What docs/reference/configuration.md says is what the interfaces say that read the configuration. */
class ConfigurationReferenceTest {

    private static final Path PAGE = Path.of("docs/reference/configuration.md");
    private static final String BEGIN = "<!-- generated from here on -->\n";

    @Test
    void theReferenceIsThatOfTheInterfaces() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN);
        assertThat(begin).as("%s has the line %s", PAGE, BEGIN).isPositive();
        String own = page.substring(0, begin + BEGIN.length());
        String wanted = own + '\n' + ConfigurationReference.of(Path.of("src/main/java"));
        if (Boolean.getBoolean("update-docs")) {
            Files.writeString(PAGE, wanted);
            return;
        }
        assertThat(page)
                .as("%s is not up to date: ./mvnw test -Dtest=ConfigurationReferenceTest -Dupdate-docs=true", PAGE)
                .isEqualTo(wanted);
    }

    @Test
    void keysDefaultsAndChoicesAreRead() throws IOException {
        assertThat(ConfigurationReference.of(Path.of("src/main/java")))
                .contains("## `signalbox.providers.NAME`\n")
                .contains("| `connect-timeout` | duration | `5s` | How long a connection may take to open. |")
                .contains("| `key-sha256` | text |  |")
                .contains("| `ready-requires` | `process`, `any-provider` | `process` |")
                .contains("| `kind` | text | required |");
    }
}
