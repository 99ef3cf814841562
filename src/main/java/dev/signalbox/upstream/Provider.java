package dev.signalbox.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.SignalboxException;
import io.smallrye.mutiny.Uni;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to add a provider: a CDI bean that knows some {@linkplain #kinds() kinds} and can connect to an account or server
 * of each.
 */
public interface Provider extends Catalogue.Kinds {

    /**
     * Makes what is needed to ask that provider; it must not connect yet.
     *
     * @param entry its configuration; its kind is one of {@link #kinds()}
     */
    Connection connect(ProviderEntry entry);

    /** One configured provider, ready to be asked. */
    @FunctionalInterface
    interface Connection {
        /** The model behind one of its deployments. */
        DeploymentModel model(DeploymentEntry deployment);

        /**
         * What requests are paid from, used in turn, each resting alone: keys, projects, or one {@code "ambient"} where the
         * surroundings give the credential; null: the configured keys.
         */
        default @Nullable List<String> credentials() {
            return null;
        }

        /** The upstream model that is asked for an operation when callers need not name one; null: none. */
        default @Nullable String usualModel(Operation operation) {
            return null;
        }

        /** A way to find out whether it is well; null: it gives nothing away for nothing, and none is configured. */
        default @Nullable Probe probe() {
            return null;
        }

        /** A way to find out which models there are; null: the vendor has no list. */
        default @Nullable Listing listing() {
            return null;
        }
    }

    /** The vendor's own list of models. */
    @FunctionalInterface
    interface Listing {
        /**
         * Asks. Its caller bounds the time.
         *
         * @param credential one of the provider's
         * @return each model as the vendor describes it, with its upstream name as {@code id}; it fails with a {@link
         *     SignalboxException} 502 when the vendor does not answer with a list
         */
        Uni<List<ObjectNode>> models(String credential);
    }

    /** A question that costs nothing, such as which models there are. */
    @FunctionalInterface
    interface Probe {
        /**
         * Asks. It fails when no answer comes; its caller bounds the time.
         *
         * @param credential one of the provider's
         * @return the HTTP status, whichever it is
         */
        Uni<Integer> status(String credential);
    }
}
