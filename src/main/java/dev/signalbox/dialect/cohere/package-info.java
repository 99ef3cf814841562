/**
 * Cohere's language, version 2: <a href="https://docs.cohere.com/v2/reference/chat">{@code /v2/chat}</a>, <a
 * href="https://docs.cohere.com/v2/docs/streaming">its events</a>, and <a
 * href="https://docs.cohere.com/v2/reference/embed">{@code /v2/embed}</a>. It is spoken to upstreams only: nobody calls the
 * gateway in it.
 */
@NullMarked
package dev.signalbox.dialect.cohere;

import org.jspecify.annotations.NullMarked;
