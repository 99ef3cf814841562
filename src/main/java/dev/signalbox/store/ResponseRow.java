package dev.signalbox.store;

import dev.signalbox.history.Kept;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A response that a caller can come back to; the ids of its items are for the database to search alone. */
@Entity
@Immutable
@IdClass(ResponseRow.Key.class)
@Table(name = "response")
@SuppressWarnings("NullAway.Init") // Hibernate sets the fields
public class ResponseRow extends PanacheEntityBase {

    @Id
    public String owner;

    @Id
    public String id;

    @Column(nullable = false)
    public Instant time;

    public @Nullable String previous;

    public String input;

    public String response;

    @Column(name = "hides_seals")
    public boolean hidesSeals;

    /** Whose response, and which. */
    @SuppressWarnings("NullAway.Init") // Hibernate sets the fields
    public static class Key {
        public String owner;
        public String id;

        /** For Hibernate. */
        public Key() {}

        Key(String owner, String id) {
            this.owner = owner;
            this.id = id;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && owner.equals(key.owner) && id.equals(key.id);
        }

        @Override
        public int hashCode() {
            return Objects.hash(owner, id);
        }
    }

    /** As the rest of the gateway knows it. */
    Kept kept() {
        return new Kept(owner, id, time, previous, input, response, hidesSeals, Set.of());
    }
}
