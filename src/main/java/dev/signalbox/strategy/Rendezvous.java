package dev.signalbox.strategy;

/**
 * Weighted rendezvous hashing, or highest random weight: for a key, each candidate has the score
 *
 * <pre>
 * weight / -ln(u)      u = hash(key, id), taken as a number between 0 and 1
 * </pre>
 *
 * and the highest wins. A candidate's score depends on nobody else, so who leaves takes along only the keys that it had won,
 * which are {@code weight / sum of weights} of all, and they spread over the others by weight.
 *
 * @see <a href="https://en.wikipedia.org/wiki/Rendezvous_hashing">Rendezvous hashing</a>
 */
final class Rendezvous {

    private static final double UNIT = 0x1.0p-53;

    private Rendezvous() {}

    /** The score of a candidate for a key. */
    static double score(long key, Candidate candidate) {
        long hash = mix(key ^ mix(candidate.profile().hash()));
        return candidate.profile().weight() / -Math.log(((hash >>> 11) + 0.5) * UNIT);
    }

    /** 64 bits of a text: FNV-1a over its characters, mixed. The same in every process. */
    static long hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
        }
        return mix(hash);
    }

    /** Every bit of the result depends on every bit of the value: the finalizer of SplitMix64. */
    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
