package dev.signalbox.limits;

/**
 * What all replicas together have used of somebody's limits.
 *
 * @param slice the newest, in which a request counts that was let in
 * @param requests of the last minute
 * @param tokens of the last minute
 * @param requestsReset nanoseconds until all requests are there again, if nobody uses any
 * @param tokensReset nanoseconds until all tokens are
 */
public record Common(long slice, long requests, long tokens, long requestsReset, long tokensReset) {}
