package dev.signalbox.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Definition.Type;
import dev.signalbox.catalogue.DefinitionStore.Contents;
import dev.signalbox.catalogue.DefinitionStore.Row;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of a change, and which changes are none. */
class ChangesTest {

    private static final Definition CLAUDE = new Definition(
            Type.PROVIDER,
            "claude",
            object("{'kind':'anthropic','base-url':'https://a.example','api-keys':['sk-1'],'headers':{'x-a':'b'},"
                    + "'timeout':'5m'}"));

    private final Sealing sealing = new Sealing(new Seal("a passphrase of some length"));

    private static ObjectNode object(String json) {
        try {
            return (ObjectNode) Json.read(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void secretsAreSealedAndComeBack() {
        Row row = sealing.row(CLAUDE);
        assertThat(row.open()).doesNotContain("sk-1", "x-a").contains("5m");
        assertThat(row.sealed()).doesNotContain("sk-1");
        assertThat(sealing.opened(new Contents(3, List.of(row)))).isEqualTo(new Definitions(3, List.of(CLAUDE)));
    }

    @Test
    void withoutAKeySecretsAreRefusedAndTheRestIsNot() {
        var none = new Sealing(new Seal(null));
        assertThatThrownBy(() -> none.row(CLAUDE)).isInstanceOfSatisfying(SignalboxException.class, e -> {
            assertThat(e.status()).isEqualTo(400);
            assertThat(e.code()).isEqualTo("encryption_key_required");
            assertThat(e.message()).contains(Seal.VARIABLE).doesNotContain("sk-1");
        });
        Definition open = new Definition(Type.PROVIDER, "local", object("{'kind':'ollama','api-keys':[]}"));
        assertThat(none.row(open).sealed()).isNull();
    }

    @Test
    void whoeverMovesAProviderInTheStoreDoesNotGetItsSecrets() {
        Row row = sealing.row(CLAUDE);
        Row moved = new Row(row.type(), row.name(), row.open().replace("a.example", "b.example"), row.sealed());
        Definition opened =
                sealing.opened(new Contents(1, List.of(moved))).all().getFirst();
        assertThat(opened.locked()).isTrue();
        assertThat(opened.keys().has("api-keys")).isFalse();
    }

    @Test
    void nullTakesAKeyAwayAndMembersAreMerged() {
        ObjectNode keys = object("{'a':1,'b':{'c':2,'d':3},'e':[1,2]}");
        Changes.merge(keys, object("{'a':null,'b':{'c':4,'x':5},'e':[3]}"));
        assertThat(keys).isEqualTo(object("{'b':{'c':4,'d':3,'x':5},'e':[3]}"));
    }

    @Test
    void anotherAddressWantsTheCredentialsAgain() {
        assertThatThrownBy(() -> patched("{'base-url':'https://b.example'}"))
                .isInstanceOfSatisfying(
                        SignalboxException.class, e -> assertThat(e.param()).isEqualTo("api-keys"));
        assertThatThrownBy(() -> patched("{'kind':'acme'}")).isInstanceOf(SignalboxException.class);
        assertThatThrownBy(() -> patched("{'base-url':null}")).isInstanceOf(SignalboxException.class);
        assertThatThrownBy(() -> patched("{'base-url':'https://b.example','api-keys':['sk-2']}"))
                .as("headers may hold secrets as well")
                .isInstanceOfSatisfying(
                        SignalboxException.class, e -> assertThat(e.param()).isEqualTo("headers"));
        assertThat(patched("{'base-url':'https://b.example','api-keys':['sk-2'],'headers':{'x-c':'d'}}"))
                .isEqualTo(object("{'kind':'anthropic','base-url':'https://b.example','api-keys':['sk-2'],"
                        + "'headers':{'x-c':'d'},'timeout':'5m'}"));
        assertThatCode(() -> patched("{'base-url':'https://a.example','timeout':'1m'}"))
                .doesNotThrowAnyException();
    }

    private static ObjectNode patched(String changes) {
        ObjectNode keys = CLAUDE.keys().deepCopy();
        Changes.merge(keys, object(changes));
        Changes.requireCredentials(CLAUDE, keys, object(changes));
        return keys;
    }
}
