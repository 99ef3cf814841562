package dev.signalbox.catalogue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.DefinitionStore.Contents;
import dev.signalbox.catalogue.DefinitionStore.Row;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.SignalboxException;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Makes rows of definitions, with their secrets sealed, and definitions of rows. */
final class Sealing {
    private static final Logger LOG = Logger.getLogger(Sealing.class);

    private final Seal seal;

    Sealing(Seal seal) {
        this.seal = seal;
    }

    /** @throws SignalboxException 400 when there are secrets and no key to seal them with */
    Row row(Definition definition) {
        ObjectNode open = definition.keys().deepCopy();
        ObjectNode secrets = Json.object();
        if (definition.type() == Definition.Type.PROVIDER) {
            for (String name : Definition.SECRETS) {
                JsonNode value = open.remove(name);
                if (value != null && (value.isTextual() || !value.isEmpty())) {
                    secrets.set(name, value);
                }
            }
        }
        if (!secrets.isEmpty() && !seal.isThere()) {
            throw new SignalboxException(
                    400,
                    "encryption_key_required",
                    Seal.VARIABLE + " is not set: credentials are kept encrypted or not at all",
                    secrets.fieldNames().next());
        }
        return new Row(
                definition.type(),
                definition.name(),
                Json.text(open),
                secrets.isEmpty() ? null : seal.seal(Json.text(secrets), bound(definition.name(), open)));
    }

    Definitions opened(Contents contents) {
        List<Definition> all = new ArrayList<>();
        for (Row row : contents.rows()) {
            all.add(opened(row));
        }
        return new Definitions(contents.version(), all);
    }

    private Definition opened(Row row) {
        try {
            ObjectNode keys = (ObjectNode) Json.read(row.open());
            if (row.sealed() == null) {
                return new Definition(row.type(), row.name(), keys);
            }
            try {
                keys.setAll((ObjectNode) Json.read(seal.open(row.sealed(), bound(row.name(), keys))));
                return new Definition(row.type(), row.name(), keys);
            } catch (Seal.Unopened e) {
                LOG.warnf(
                        "%s %s: its credentials cannot be read: %s", row.type().word(), row.name(), e.getMessage());
                return new Definition(row.type(), row.name(), keys, true);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the store holds no JSON for " + row.name(), e);
        }
    }

    /** Secrets open only for the provider that they were given for, at the address that they were given for. */
    private static String bound(String name, ObjectNode open) {
        return name
                + '\n'
                + open.path("kind").asText()
                + '\n'
                + open.path("base-url").asText();
    }
}
