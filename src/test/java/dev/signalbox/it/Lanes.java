package dev.signalbox.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Models that have nothing in common, one for each test, so that resting keys and open circuits of one test are not seen by
 * the next. Model {@code m7} is served by provider {@code a7} and, when that fails, by {@code b7}.
 */
final class Lanes implements AutoCloseable {

    /** The upstream model at the first provider, and at the second. */
    static final String FIRST_MODEL = "up-a";

    static final String SECOND_MODEL = "up-b";

    private final List<Lane> lanes = new ArrayList<>();
    private final Map<String, String> configuration = new TreeMap<>();
    private final AtomicInteger next = new AtomicInteger();

    /** One model and the fakes behind it. */
    record Lane(int number, FakeVendor first, FakeVendor second) {
        String model() {
            return "m" + number;
        }

        String firstName() {
            return "a" + number;
        }

        String secondName() {
            return "b" + number;
        }

        String firstKey() {
            return "sk-first-" + number + "-0123456789";
        }

        String secondKey() {
            return "sk-second-" + number + "-0123456789";
        }
    }

    private Lanes(int count, String kind) {
        for (int i = 0; i < count; i++) {
            Lane lane = new Lane(i, new FakeVendor(), new FakeVendor());
            lanes.add(lane);
            provider(lane.firstName(), kind, lane.first(), lane.firstKey());
            provider(lane.secondName(), kind, lane.second(), lane.secondKey());
            String model = "signalbox.models." + lane.model();
            put(model + ".deployments[0].provider", lane.firstName());
            put(model + ".deployments[0].model", FIRST_MODEL);
            put(model + ".deployments[1].provider", lane.secondName());
            put(model + ".deployments[1].model", SECOND_MODEL);
        }
    }

    /** So many models of OpenAI-compatible providers. */
    static Lanes of(int count) {
        return new Lanes(count, "openai-compatible");
    }

    /** So many models whose first provider speaks Anthropic's language; the second one speaks OpenAI's. */
    static Lanes anthropicFirst(int count) {
        Lanes lanes = of(count);
        lanes.each("signalbox.providers.a%d.kind", "anthropic");
        lanes.lanes.forEach(lane -> {
            lanes.put(
                    "signalbox.providers." + lane.firstName() + ".base-url",
                    lane.first().root());
            lane.first().answers(AnthropicAnswers.hello());
        });
        return lanes;
    }

    private void provider(String name, String kind, FakeVendor vendor, String key) {
        String at = "signalbox.providers." + name;
        put(at + ".kind", kind);
        put(at + ".base-url", vendor.url());
        put(at + ".api-keys[0]", key);
        put(at + ".max-retries", "0");
        // what a fake is asked is what a caller asked
        put(at + ".health.interval", "1h");
    }

    private void put(String key, String value) {
        configuration.put(key, value);
    }

    /** Sets a key for every lane; {@code %d} stands for its number in key and value. */
    Lanes each(String key, String value) {
        for (Lane lane : lanes) {
            put(key.formatted(lane.number()), value.contains("%d") ? value.formatted(lane.number()) : value);
        }
        return this;
    }

    /** Sets a key of one lane's model or providers, as written. */
    Lanes set(String key, String value) {
        put(key, value);
        return this;
    }

    Map<String, String> configuration() {
        return configuration;
    }

    /** The lane of that number, for tests that configure it specially; from the end, so that {@link #next} has the rest. */
    Lane lane(int number) {
        return lanes.get(number);
    }

    /** One that nobody has used yet. */
    Lane next() {
        int number = next.getAndIncrement();
        if (number >= lanes.size()) {
            throw new IllegalStateException("there are only " + lanes.size() + " lanes; ask for more");
        }
        return lanes.get(number);
    }

    @Override
    public void close() {
        lanes.forEach(lane -> {
            lane.first().close();
            lane.second().close();
        });
    }
}
