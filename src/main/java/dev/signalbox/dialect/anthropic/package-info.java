/**
 * Anthropic's language, the <a href="https://docs.claude.com/en/api/messages">Messages API</a> of version 2023-06-01, with
 * its <a href="https://docs.claude.com/en/docs/build-with-claude/streaming">events</a> and <a
 * href="https://docs.claude.com/en/api/errors">errors</a>: spoken to upstreams and understood from callers.
 */
@NullMarked
package dev.signalbox.dialect.anthropic;

import org.jspecify.annotations.NullMarked;
