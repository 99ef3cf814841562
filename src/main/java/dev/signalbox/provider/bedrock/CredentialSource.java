package dev.signalbox.provider.bedrock;

import io.smallrye.mutiny.Uni;

/** Where credentials of AWS come from. */
@FunctionalInterface
interface CredentialSource {

    /** Fetches them; each subscription does it anew. */
    Uni<AwsCredentials> fetch();
}
