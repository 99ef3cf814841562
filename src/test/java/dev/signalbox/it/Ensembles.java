package dev.signalbox.it;

import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Models with several providers each that have nothing in common with those of other models: model {@code m} is served by the
 * providers {@code m-a}, {@code m-b} and so on, in this order, each with a fake of its own that never counts as unwell.
 */
final class Ensembles implements AutoCloseable {

    private final Map<String, String> configuration = new TreeMap<>();
    private final List<Ensemble> ensembles = new ArrayList<>();

    /** One model and the fakes behind it. */
    record Ensemble(String model, List<FakeVendor> vendors, Map<String, String> configuration) {

        FakeVendor vendor(char letter) {
            return vendors.get(letter - 'a');
        }

        String provider(char letter) {
            return model + "-" + letter;
        }

        /** Sets a key of the model. */
        Ensemble model(String key, String value) {
            configuration.put("signalbox.models." + model + "." + key, value);
            return this;
        }

        /** Sets a key of a provider. */
        Ensemble provider(char letter, String key, String value) {
            configuration.put("signalbox.providers." + provider(letter) + "." + key, value);
            return this;
        }

        /** Sets a key of a deployment. */
        Ensemble deployment(char letter, String key, String value) {
            return model("deployments[" + (letter - 'a') + "]." + key, value);
        }

        /** Sets what a million tokens cost at a deployment: in and out. */
        Ensemble price(char letter, String input, String output) {
            return deployment(letter, "pricing.input", input).deployment(letter, "pricing.output", output);
        }

        /** Asks something short; says which provider answered. */
        String ask(Gateway gateway, String... headers) {
            return who(gateway.ask(model, headers));
        }

        /** Asks these words; says which provider answered. */
        String askWords(Gateway gateway, String words, String... headers) {
            return who(gateway.chat(Shapes.question(model, words), headers));
        }

        /** Asks so often; says which providers answered, one letter each. */
        String ask(Gateway gateway, int times, String... headers) {
            return Stream.generate(() -> ask(gateway, headers)).limit(times).collect(Collectors.joining());
        }

        /** The letter of the provider that answered; the status when none did. */
        static String who(Response answer) {
            String provider = answer.header("x-signalbox-provider");
            return answer.statusCode() == 200 && provider != null
                    ? provider.substring(provider.length() - 1)
                    : String.valueOf(answer.statusCode());
        }
    }

    /** One more model, with so many providers. */
    Ensemble model(String name, int providers) {
        Ensemble ensemble = new Ensemble(
                name, Stream.generate(FakeVendor::new).limit(providers).toList(), configuration);
        for (char letter = 'a'; letter < 'a' + providers; letter++) {
            ensemble.provider(letter, "kind", "openai-compatible")
                    .provider(letter, "base-url", ensemble.vendor(letter).url())
                    .provider(letter, "api-keys[0]", "sk-" + ensemble.provider(letter))
                    .provider(letter, "max-retries", "0")
                    .provider(letter, "circuit.volume", "10000")
                    .provider(letter, "health.failure-threshold", "10000")
                    // what a fake is asked is what a caller asked
                    .provider(letter, "health.interval", "1h")
                    .deployment(letter, "provider", ensemble.provider(letter))
                    .deployment(letter, "model", "up-" + letter);
        }
        ensembles.add(ensemble);
        return ensemble;
    }

    /** The same with this strategy. */
    Ensemble model(String name, int providers, String strategy) {
        return model(name, providers).model("strategy", strategy);
    }

    /** Tells a gateway of all of them. */
    Gateway configure(Gateway gateway) {
        configuration.forEach(gateway::and);
        return gateway;
    }

    @Override
    public void close() {
        ensembles.forEach(ensemble -> ensemble.vendors().forEach(FakeVendor::close));
    }
}
