/**
 * The language of <a href="https://github.com/ollama/ollama/blob/main/docs/api.md">Ollama</a>: {@code /api/chat}, whose
 * streams are lines of JSON, and {@code /api/embed}. It is spoken to upstreams only: nobody calls the gateway in it.
 */
@NullMarked
package dev.signalbox.dialect.ollama;

import org.jspecify.annotations.NullMarked;
