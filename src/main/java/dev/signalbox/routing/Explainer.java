package dev.signalbox.routing;

import dev.signalbox.chat.Exchange;
import dev.signalbox.chat.Selection;
import io.smallrye.mutiny.Uni;

/** Says who would answer an exchange, without asking anyone, and without a trace in what strategies remember. */
@FunctionalInterface
public interface Explainer {

    /**
     * Who would be tried, in that order, were each to fail, and who would not, and why; that nobody is left is an answer, too.
     * Fails with the {@link dev.signalbox.chat.SignalboxException} that the caller would be told when there is nothing to choose
     * from: no such model, or a header that names what is not there.
     */
    Uni<Selection> explain(Exchange exchange);
}
