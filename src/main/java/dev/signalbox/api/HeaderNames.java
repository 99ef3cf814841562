package dev.signalbox.api;

import io.vertx.core.http.HttpHeaders;

/** The names of headers that are looked for, or written, at every request: made once, in the form that goes over the wire. */
final class HeaderNames {

    static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
    static final CharSequence REQUEST_ID = HttpHeaders.createOptimized(Gate.REQUEST_ID);
    static final CharSequence PROVIDER = HttpHeaders.createOptimized("x-signalbox-provider");
    static final CharSequence MODEL = HttpHeaders.createOptimized("x-signalbox-model");
    static final CharSequence STRATEGY = HttpHeaders.createOptimized("x-signalbox-strategy");
    static final CharSequence ATTEMPTS = HttpHeaders.createOptimized("x-signalbox-attempts");
    static final CharSequence CACHE = HttpHeaders.createOptimized("x-signalbox-cache");
    static final CharSequence OFF = HttpHeaders.createOptimized("off");
    static final CharSequence COST_USD = HttpHeaders.createOptimized("x-signalbox-cost-usd");
    static final CharSequence LATENCY_MS = HttpHeaders.createOptimized("x-signalbox-latency-ms");
    static final CharSequence OVERHEAD_MS = HttpHeaders.createOptimized("x-signalbox-overhead-ms");
    static final CharSequence SERVER_TIMING = HttpHeaders.createOptimized("server-timing");

    private HeaderNames() {}
}
