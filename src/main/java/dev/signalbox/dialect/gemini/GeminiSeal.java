package dev.signalbox.dialect.gemini;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code thoughtSignature} of this language carries.
 *
 * <p>Gemini's own is carried as it is. Those of other vendors, whose alphabets clients of this language would not let
 * through, are put into base64 behind a word that tells them from Gemini's; the beginning of that word's base64 is {@link
 * #MARK}, so that bodies which hold none are known without being parsed.
 *
 * <p>Gemini also seals parts that are no thoughts. Such a seal travels through other languages as sealed thinking whose
 * data says what it is for: {@code call:ID:SEAL} for a call, {@code on:SEAL} for the part before it, {@code own:SEAL} for
 * an empty part of its own.
 *
 * @param kind what it seals
 * @param value the seal itself, or, of {@link Kind#SEALED}, thinking that its vendor has encrypted whole
 * @param origin the dialect that can read it
 * @see <a href="https://ai.google.dev/gemini-api/docs/thought-signatures">Thought signatures</a>
 */
record GeminiSeal(Kind kind, String value, String origin) {

    /** What a seal of another vendor is. */
    enum Kind {
        /** Of the thoughts in the same part. */
        SIGNATURE,
        /** Thinking that is encrypted whole. */
        SEALED,
        /** None: a part that another vendor's model made, which Gemini is asked to take without a seal. */
        NONE
    }

    /** What Gemini takes in place of a seal on calls that it did not make itself. */
    static final String NOT_SEALED = "skip_thought_signature_validator";

    /** How every carried seal of another vendor begins; base64 of {@code signalbox}. */
    static final String MARK = "c2lnbmFsYm94";

    private static final String WORD = "signalbox:";
    private static final String ON = "on:";
    private static final String OWN = "own:";
    private static final String CALL = "call:";

    /** Reads a {@code thoughtSignature}; null when it says that there is none. */
    static @Nullable GeminiSeal read(String carried) {
        if (!carried.startsWith(MARK)) {
            return new GeminiSeal(Kind.SIGNATURE, carried, GeminiDialect.ID);
        }
        String text;
        try {
            byte[] bytes = Base64.getDecoder().decode(carried.replace('-', '+').replace('_', '/'));
            text = new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
        String[] pieces = text.split(":", 4);
        if (pieces.length < 4 || !text.startsWith(WORD)) {
            return null;
        }
        return switch (pieces[2]) {
            case "signature" -> new GeminiSeal(Kind.SIGNATURE, pieces[3], pieces[1]);
            case "sealed" -> new GeminiSeal(Kind.SEALED, pieces[3], pieces[1]);
            default -> null;
        };
    }

    /** As clients of this language carry it. */
    String carried() {
        if (kind == Kind.SIGNATURE && origin.equals(GeminiDialect.ID)) {
            return value;
        }
        String word = switch (kind) {
            case SIGNATURE -> "signature";
            case SEALED -> "sealed";
            case NONE -> "none";
        };
        String text = WORD + origin + ":" + word + ":" + value;
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The mark on a call that no seal of Gemini's is on. */
    static String none() {
        return new GeminiSeal(Kind.NONE, "", "").carried();
    }

    /** The seal of a call, for other languages to carry. */
    static String ofCall(String id, String seal) {
        return CALL + id + ":" + seal;
    }

    /** The seal of the part before it, for other languages to carry. */
    static String onPart(String seal) {
        return ON + seal;
    }

    /** A seal in an empty part of its own, for other languages to carry. */
    static String ownPart(String seal) {
        return OWN + seal;
    }

    /** The call that carried data is the seal of; null when it is of no call. */
    static @Nullable String callOf(String data) {
        int end = data.lastIndexOf(':');
        return data.startsWith(CALL) && end > CALL.length() ? data.substring(CALL.length(), end) : null;
    }

    /** Whether carried data is the seal of the part before it. */
    static boolean isOnPart(String data) {
        return data.startsWith(ON);
    }

    /** The seal that carried data holds. */
    static String sealIn(String data) {
        return data.substring(data.lastIndexOf(':') + 1);
    }
}
