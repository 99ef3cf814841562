package dev.signalbox.upstream;

/** The last outcomes of a deployment, for those who must choose among the unhealthy. */
final class Outcomes {

    private static final int KEPT = 20;

    private final boolean[] failed = new boolean[KEPT];
    private int seen;

    synchronized void add(boolean failure) {
        failed[seen % KEPT] = failure;
        seen++;
    }

    /** The share of failures among the last 20; 0 when there were none. */
    synchronized double failureRate() {
        int kept = Math.min(seen, KEPT);
        int failures = 0;
        for (int i = 0; i < kept; i++) {
            failures += failed[i] ? 1 : 0;
        }
        return kept == 0 ? 0 : (double) failures / kept;
    }
}
