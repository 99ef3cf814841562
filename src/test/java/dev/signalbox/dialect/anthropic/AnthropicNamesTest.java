package dev.signalbox.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AnthropicNamesTest {

    private static final String TAKEN = "[a-zA-Z0-9_-]{1,64}";

    @Test
    void namesThatAreTakenStayAsTheyAre() {
        assertThat(AnthropicNames.tool("get_weather-2")).isEqualTo("get_weather-2");
        assertThat(AnthropicNames.tool("get_xaxis")).isEqualTo("get_xaxis");
        assertThat(AnthropicNames.tool("a".repeat(64))).isEqualTo("a".repeat(64));
    }

    @Test
    void dotsAndColonsAreEscaped() {
        assertThat(AnthropicNames.tool("mcp.files:read")).isEqualTo("mcp_x2e_files_x3a_read");
        assertThat(AnthropicNames.ownTool("mcp_x2e_files_x3a_read")).isEqualTo("mcp.files:read");
    }

    @Test
    void namesThatLookLikeEscapesComeBackAsTheyWere() {
        for (String name : new String[] {"a_x2e_b", "_xa.", "__x2e__", "_x5f_x2e_", "_x2e_x2e_", "_x_x2e_."}) {
            assertThat(AnthropicNames.ownTool(String.valueOf(AnthropicNames.tool(name))))
                    .isEqualTo(name);
        }
    }

    @Test
    void namesThatAreTooLongAreNotSaid() {
        assertThat(AnthropicNames.tool("a".repeat(65))).isNull();
        assertThat(AnthropicNames.tool(".".repeat(13))).isNull();
        assertThat(AnthropicNames.tool("")).isNull();
    }

    @Test
    void escapesThatNobodyMadeAreLeftAlone() {
        assertThat(AnthropicNames.ownTool("a_xffffff_b")).isEqualTo("a_xffffff_b");
    }

    @Property(tries = 5000)
    void everyNameThatIsSaidIsTakenAndComesBack(@ForAll("names") String name) {
        String said = AnthropicNames.tool(name);
        if (said != null) {
            assertThat(said).matches(TAKEN);
            assertThat(AnthropicNames.ownTool(said)).isEqualTo(name);
        }
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withChars("_x2e5fa.").ofMaxLength(12),
                Arbitraries.strings().ofMaxLength(8));
    }

    @Property
    void everyIdIsTakenAndSaidInOneWayOnly(@ForAll Map<String, String> any) {
        Map<String, String> ids = new HashMap<>();
        for (String id : any.keySet()) {
            String said = AnthropicNames.callId(id);
            assertThat(said).matches(TAKEN).isEqualTo(AnthropicNames.callId(id));
            assertThat(ids.put(said, id)).isNull();
        }
    }
}
