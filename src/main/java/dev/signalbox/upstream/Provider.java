package dev.signalbox.upstream;

import dev.signalbox.catalogue.Catalogue;
import dev.signalbox.catalogue.DeploymentEntry;
import dev.signalbox.catalogue.ProviderEntry;

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
    }
}
