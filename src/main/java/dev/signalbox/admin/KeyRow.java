package dev.signalbox.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import dev.signalbox.keys.KeyEntry;
import dev.signalbox.keys.KeyFields;
import dev.signalbox.keys.Mark;
import dev.signalbox.keys.TeamEntry;

/** Keys and teams as the admin API shows them; what is not limited is null. */
final class KeyRow {

    private KeyRow() {}

    /** A key, without its secret. */
    static ObjectNode of(KeyEntry key) {
        ObjectNode row = Json.object().put("id", key.id()).put("name", key.name());
        row.setAll(KeyFields.of(key).write());
        return marked(row, key.mark());
    }

    /** A key, with the secret that it has just been given. */
    static ObjectNode of(KeyEntry key, String secret) {
        return of(key).put("key", secret);
    }

    /** A team. */
    static ObjectNode of(TeamEntry team) {
        ObjectNode row = Json.object().put("name", team.name());
        row.setAll(KeyFields.of(team).write());
        row.remove(KeyFields.OF_KEYS_ALONE);
        return marked(row, team.mark());
    }

    private static ObjectNode marked(ObjectNode row, Mark mark) {
        return row.put("source", mark.isFile() ? "file" : "store")
                .put(
                        "created_at",
                        mark.createdAt() == null ? null : mark.createdAt().toString())
                .put(
                        "updated_at",
                        mark.updatedAt() == null ? null : mark.updatedAt().toString());
    }
}
