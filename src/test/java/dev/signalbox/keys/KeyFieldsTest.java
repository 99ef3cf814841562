package dev.signalbox.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every wrong value is refused, and its field is named. */
class KeyFieldsTest {

    private static KeyFields read(String body) throws JsonProcessingException {
        return KeyFields.read((ObjectNode) Json.read(body.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nothing | {'nothing': 1}",
                "id | {'id': 'key_1'}",
                "key | {'key': 'sk-mine'}",
                "team | {'team': 1}",
                "team | {'team': ''}",
                "team | {'team': 'a/b'}",
                "team | {'team': ' a'}",
                "models | {'models': 'm'}",
                "models | {'models': []}",
                "models | {'models': ['']}",
                "models | {'models': {'a': 'b'}}",
                "providers | {'providers': []}",
                "providers | {'providers': [1]}",
                "controls | {'controls': ['nonsense']}",
                "disclose | {'disclose': ['cost', 'price']}",
                "budget | {'budget': 5}",
                "budget.limit_usd | {'budget': {'window': 'day'}}",
                "budget.limit_usd | {'budget': {'limit_usd': '5', 'window': 'day'}}",
                "budget.limit_usd | {'budget': {'limit_usd': -1, 'window': 'day'}}",
                "budget.limit_usd | {'budget': {'limit_usd': 9000001, 'window': 'day'}}",
                "budget.limit_usd | {'budget': {'limit_usd': 1e-13, 'window': 'day'}}",
                "budget.window | {'budget': {'limit_usd': 5}}",
                "budget.window | {'budget': {'limit_usd': 5, 'window': 'year'}}",
                "budget.limit | {'budget': {'limit_usd': 5, 'window': 'day', 'limit': 1}}",
                "rate_limit | {'rate_limit': 5}",
                "rate_limit.rpm | {'rate_limit': {'rpm': 5}}",
                "rate_limit.requests_per_minute | {'rate_limit': {'requests_per_minute': 0}}",
                "rate_limit.requests_per_minute | {'rate_limit': {'requests_per_minute': 1.5}}",
                "rate_limit.requests_per_minute | {'rate_limit': {'requests_per_minute': 99999999999}}",
                "rate_limit.tokens_per_minute | {'rate_limit': {'tokens_per_minute': '5'}}",
                "rate_limit.concurrent | {'rate_limit': {'concurrent': -5}}",
                "expires_at | {'expires_at': 'tomorrow'}",
                "expires_at | {'expires_at': 1700000000}",
                "expires_at | {'expires_at': '2027-01-01'}",
                "models | {'models': ['a\\u0000']}",
                "team | {'team': '\\ud800'}",
                "tags | {'tags': {'a': '\\n'}}",
                "tags | {'tags': ['a']}",
                "tags.a | {'tags': {'a': 1}}",
                "tags | {'tags': {'': 'x'}}"
            })
    void whatIsWrongIsNamed(String field, String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOfSatisfying(
                        InvalidRequest.class, e -> assertThat(e.param()).isEqualTo(field))
                .hasMessageContaining(field.substring(field.lastIndexOf('.') + 1));
    }

    @Test
    void nothingAndNullAreNoLimits() throws JsonProcessingException {
        KeyFields none = new KeyFields(null, Terms.NONE, null);
        assertThat(read("{}")).isEqualTo(none);
        assertThat(KeyFields.read(none.write())).isEqualTo(none);
    }

    @Test
    void toldNothingAndMayAskNothingCanBeSaid() throws JsonProcessingException {
        KeyFields fields = read("{'controls': [], 'disclose': []}");
        assertThat(fields.terms().rights().controls()).isEqualTo(Set.of());
        assertThat(fields.terms().rights().disclose()).isEqualTo(Set.of());
        assertThat(KeyFields.read(fields.write())).isEqualTo(fields);
    }

    @Test
    void aFileSaysTheSame() {
        FileKeys file = Settings.file(Map.ofEntries(
                Map.entry("signalbox.auth.keys.ci.key", "sk"),
                Map.entry("signalbox.auth.keys.ci.team", "blue"),
                Map.entry("signalbox.auth.keys.ci.models", "a,b*"),
                Map.entry("signalbox.auth.keys.ci.budget.limit-usd", "5.5"),
                Map.entry("signalbox.auth.keys.ci.budget.window", "month"),
                Map.entry("signalbox.auth.keys.ci.rate-limit.requests-per-minute", "60"),
                Map.entry("signalbox.auth.keys.ci.rate-limit.tokens-per-minute", "100000"),
                Map.entry("signalbox.auth.keys.ci.rate-limit.concurrent", "5"),
                Map.entry("signalbox.auth.keys.ci.expires-at", "2027-01-01T00:00:00Z"),
                Map.entry("signalbox.auth.keys.ci.tags.env", "test")));

        assertThat(Json.text(KeyFields.of(file.keys().getFirst()).write())).isEqualTo("""
            {"team":"blue","models":["a","b*"],"providers":null,"controls":null,"disclose":null,\
            "budget":{"limit_usd":5.5,"window":"month"},\
            "rate_limit":{"requests_per_minute":60,"tokens_per_minute":100000,"concurrent":5},\
            "tags":{"env":"test"},"expires_at":"2027-01-01T00:00:00Z"}\
            """);
    }

    @ParameterizedTest
    @CsvSource({
        "rate-limit.concurrent, 0",
        "rate-limit.requests-per-minute, -1",
        "budget.limit-usd, -1",
        "expires-at, soon",
        "disclose, everything",
        "models, ' '"
    })
    void aFileThatIsWrongStopsTheStart(String key, String value) {
        Map<String, String> written = new java.util.HashMap<>(Map.of(
                "signalbox.auth.keys.ci.key", "sk",
                "signalbox.auth.keys.ci.budget.limit-usd", "1",
                "signalbox.auth.keys.ci.budget.window", "day"));
        written.put("signalbox.auth.keys.ci." + key, value);
        assertThatThrownBy(() -> Settings.file(written))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("signalbox.auth.keys.ci." + key);
    }
}
