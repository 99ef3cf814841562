package dev.signalbox.catalogue;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what must not lie in a store as it is: AES-256-GCM with a random nonce for each text. A sealed text names its key,
 * so that keys can be changed: {@code 1.KEY-ID.BASE64(nonce, ciphertext, tag)}.
 */
public final class Seal {

    /** The variable that holds the keys: the first one seals, all of them open. */
    public static final String VARIABLE = "SIGNALBOX_ENCRYPTION_KEY";

    private static final String FORMAT = "1";
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int ID_BYTES = 4;

    /** What makes a key of a passphrase slow to guess. */
    private static final int ROUNDS = 210_000;

    private static final byte[] SALT = "signalbox.store".getBytes(StandardCharsets.US_ASCII);

    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();

    /** A text that none of the keys opens, or that is not as it was sealed. */
    public static final class Unopened extends Exception {

        private static final long serialVersionUID = 1;

        Unopened(String message) {
            super(message);
        }
    }

    /**
     * @param given keys with commas between, each 32 bytes in base64 or hexadecimal, or else a passphrase; null or blank: none
     */
    public Seal(@Nullable String given) {
        for (String each : given == null ? new String[0] : given.split(",", -1)) {
            if (!each.isBlank()) {
                byte[] key = key(each.trim());
                keys.putIfAbsent(id(key), new SecretKeySpec(key, "AES"));
            }
        }
    }

    /** Whether there is a key. */
    public boolean isThere() {
        return !keys.isEmpty();
    }

    /**
     * Seals a text.
     *
     * @param bound what it belongs to: it opens only together with the same
     */
    public String seal(String text, String bound) {
        var first = keys.entrySet().iterator().next();
        byte[] nonce = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, first.getValue(), nonce, bound);
            byte[] sealed = cipher.doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] all = Arrays.copyOf(nonce, nonce.length + sealed.length);
            System.arraycopy(sealed, 0, all, nonce.length, sealed.length);
            return FORMAT + "." + first.getKey() + "." + Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not there", e);
        }
    }

    /**
     * Opens what {@link #seal} made.
     *
     * @param bound as it was sealed with
     */
    public String open(String sealed, String bound) throws Unopened {
        String[] parts = sealed.split("\\.", 3);
        if (parts.length != 3 || !parts[0].equals(FORMAT)) {
            throw new Unopened("it is not sealed in a known way");
        }
        SecretKeySpec key = keys.get(parts[1]);
        if (key == null) {
            throw new Unopened("the key " + parts[1] + ", which it was sealed with, is not in " + VARIABLE);
        }
        try {
            byte[] all = Base64.getDecoder().decode(parts[2]);
            if (all.length < NONCE_BYTES) {
                throw new Unopened("it is too short");
            }
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(all, NONCE_BYTES), bound);
            return new String(cipher.doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw new Unopened("it is not as it was sealed, or its provider's address is not");
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String bound)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bound.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] key(String given) {
        byte[] bytes = exact(given);
        return bytes == null ? derived(given) : bytes;
    }

    private static byte @Nullable [] exact(String given) {
        try {
            if (given.length() == 2 * KEY_BYTES) {
                return HexFormat.of().parseHex(given);
            }
        } catch (IllegalArgumentException _) {
            // not hexadecimal, but perhaps a passphrase
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(given.replace('-', '+').replace('_', '/'));
            return bytes.length == KEY_BYTES ? bytes : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private static byte[] derived(String passphrase) {
        var spec = new PBEKeySpec(passphrase.toCharArray(), SALT, ROUNDS, KEY_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("PBKDF2 is not there", e);
        } finally {
            spec.clearPassword();
        }
    }

    private static String id(byte[] key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("signalbox key id".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(key), ID_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not there", e);
        }
    }
}
