package dev.signalbox.ledger;

import dev.signalbox.chat.InvalidRequest;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The last row of a page; the next page begins behind it. */
public record Cursor(Instant time, String id) {

    /** The cursor that a caller gave, or null when it gave none. */
    public static @Nullable Cursor parse(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int space = plain.indexOf(' ');
            if (space > 0 && plain.indexOf('\0') < 0) {
                return new Cursor(Instant.parse(plain.substring(0, space)), plain.substring(space + 1));
            }
        } catch (IllegalArgumentException | DateTimeException _) {
            // said below
        }
        throw new InvalidRequest("cursor is not one that this gateway gave", "cursor");
    }

    /** As a caller gets it. */
    @Override
    public String toString() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((time + " " + id).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether a row comes after this one, newest first. */
    boolean isBefore(Instant otherTime, String otherId) {
        int byTime = otherTime.compareTo(time);
        return byTime < 0 || (byTime == 0 && otherId.compareTo(id) < 0);
    }
}
