package dev.signalbox.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a credential. Two are compared in constant time, and a table of them can be searched without telling
 * anything about the credential, since whoever could choose a digest could as well know what it is of.
 */
public final class Digest {

    private final byte[] bytes;

    private Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The digest of a credential. */
    public static Digest of(String credential) {
        try {
            return new Digest(MessageDigest.getInstance("SHA-256").digest(credential.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /**
     * A digest that was written down.
     *
     * @throws IllegalArgumentException when it is not 64 hexadecimal digits
     */
    public static Digest ofHex(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.trim().toLowerCase(java.util.Locale.ROOT));
        if (bytes.length != 32) {
            throw new IllegalArgumentException("a SHA-256 has 64 hexadecimal digits");
        }
        return new Digest(bytes);
    }

    /** All of it, in hexadecimal. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** A short name for the credential that tells nothing about it. */
    String shortName() {
        return HexFormat.of().formatHex(bytes, 0, 8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && MessageDigest.isEqual(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return (bytes[0] & 0xFF) << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
    }
}
