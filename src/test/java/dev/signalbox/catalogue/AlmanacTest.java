package dev.signalbox.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.catalogue.Capabilities.Capability;
import dev.signalbox.chat.Caller;
import dev.signalbox.chat.Operation;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlmanacTest {

    private static final Almanac ALMANAC = Almanac.read();
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

    @Test
    void itSaysWhereItComesFrom() {
        assertThat(ALMANAC.source()).startsWith("npm:");
        assertThat(ALMANAC.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(ALMANAC.date()).matches("20\\d\\d-\\d\\d-\\d\\d");
    }

    @Test
    void everyModelCanBeReadAndFound() {
        assertThat(ALMANAC.vendors()).hasSizeGreaterThan(12);
        for (KnownVendor vendor : ALMANAC.vendors()) {
            assertThat(vendor.models()).as(vendor.id()).isNotEmpty();
            for (KnownModel model : vendor.models()) {
                assertThat(model.id()).isNotBlank();
                assertThat(model.capabilities().cannot())
                        .noneMatch(model.capabilities().can()::contains);
                Tariff tariff = model.tariff();
                if (tariff != null) {
                    assertThat(tariff.at(NOW, 0).of(new Usage(1, 1, 1, 1, 1)).picos())
                            .isNotNegative();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "openai, '', openai",
        "openai, https://api.openai.com/v1, openai",
        "openai, http://127.0.0.1:9999/v1, openai",
        "anthropic, https://api.anthropic.com, anthropic",
        "vertex, '', google",
        "gemini, https://generativelanguage.googleapis.com, google",
        "bedrock, '', aws",
        "xai, https://api.x.ai/v1, x-ai",
        "openai-compatible, https://api.perplexity.ai, perplexity",
        "openai-compatible, https://api.groq.com/openai/v1, groq",
        "openai-compatible, http://localhost:8000/v1, ",
        "vllm, http://localhost:8000/v1, ",
        "simulator, '', "
    })
    void aProvidersVendorIsTheOneOfItsAddressOrOfItsKind(String kind, String url, String vendor) {
        KnownVendor found = ALMANAC.vendor(provider("p", kind, url, 1));

        assertThat(found == null ? null : found.id()).isEqualTo(vendor);
    }

    @Test
    void aModelIsKnownWithItsWindowLimitAndPrice() {
        KnownModel model = find("openai", "gpt-4o-2024-08-06");

        assertThat(model.id()).isEqualTo("gpt-4o");
        assertThat(model.contextWindow()).isEqualTo(128_000);
        assertThat(model.maxOutputTokens()).isEqualTo(16_384);
        assertThat(model.tariff()).isNotNull();
        assertThat(model.tariff().at(NOW, 10))
                .isEqualTo(new Price(new BigDecimal("2.5"), BigDecimal.TEN, new BigDecimal("1.25"), null));
        assertThat(model.capabilities().can()).contains(Capability.VISION, Capability.TOOLS);
    }

    @Test
    void longPromptsHaveTheirOwnPrice() {
        Tariff tariff = find("openai", "gpt-5.4").tariff();

        assertThat(tariff).isNotNull();
        // 271,999 x 2.5 dollars per million; one more, and it is 272,000 x 5
        assertThat(tariff.at(NOW, 271_999).of(new Usage(271_999, 0, 0, 0, 0))).hasToString("0.6799975");
        assertThat(tariff.at(NOW, 272_000).of(new Usage(272_000, 0, 0, 0, 0))).hasToString("1.36");
    }

    @Test
    void anHourInTheCacheIsKnownToCostMore() {
        Tariff tariff = find("anthropic", "claude-haiku-4-5").tariff();

        assertThat(tariff).isNotNull();
        // 1,000 x 1.25 + 1,000 x 2 dollars per million
        assertThat(tariff.at(NOW, 2_000).of(new Usage(0, 0, 2_000, 0, 0, 1_000)))
                .hasToString("0.00325");
    }

    @ParameterizedTest
    @CsvSource({
        "openai, text-embedding-3-small, EMBEDDINGS, CHAT",
        "openai, gpt-4o, CHAT, EMBEDDINGS",
        "openai, gpt-3.5-turbo-instruct, TEXT_COMPLETION, CHAT",
        "mistral, mistral-embed, EMBEDDINGS, CHAT"
    })
    void whatAModelIsAskedForIsKnown(String vendor, String model, Operation serves, Operation excluded) {
        Capabilities known = find(vendor, model).capabilities();

        assertThat(known.excludes(serves)).isFalse();
        assertThat(known.excludes(excluded)).isTrue();
    }

    @Test
    void whatIsNotKnownIsNotExcluded() {
        for (Operation operation : Operation.values()) {
            assertThat(Capabilities.UNKNOWN.excludes(operation)).isFalse();
        }
        for (Capability capability : Capability.values()) {
            assertThat(Capabilities.UNKNOWN.lacks(capability)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "openai, gpt-4o",
        "openai, gpt-4o-2024-11-20",
        "openai, gpt-3.5-turbo",
        "anthropic, claude-sonnet-4-5",
        "anthropic, claude-sonnet-4-5-20250929",
        "anthropic, claude-3-haiku-20240307",
        "google, gemini-2.5-pro",
        "google, gemini-2.5-flash-preview-09-2025",
        "groq, llama-3.3-70b-versatile",
        "aws, eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "azure, gpt-4o"
    })
    void namesOfModelsAndOfTheirVersionsAreKnown(String vendor, String name) {
        assertThat(vendor(vendor).has(name)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "openai, gpt-4oo",
        "openai, gtp-4o",
        "openai, GPT-4O",
        "openai, gpt-4o-does-not-exist",
        "anthropic, claude-sonnet-4-5-imaginary",
        "anthropic, gpt-4o",
        "google, gemini",
        "groq, ''"
    })
    void whatOnlyBeginsLikeAModelIsNone(String vendor, String name) {
        assertThat(vendor(vendor).has(name)).isFalse();
    }

    @Test
    void datesAreFoundWithAndWithoutDashes() {
        assertThat(find("openai", "gpt-4o-20240806").id()).isEqualTo("gpt-4o");
    }

    @Test
    void aNameOfTheCatalogueLeadsToAllProvidersThatHaveIt() {
        Snapshot now = snapshot(
                provider("late", "openai", "", 2),
                provider("early", "openai", "", 1),
                provider("claude", "anthropic", "", 1));

        ModelEntry model = now.resolve("gpt-4o-mini");

        assertThat(model).isNotNull();
        assertThat(model.deployments())
                .extracting(DeploymentEntry::id)
                .containsExactly("early/gpt-4o-mini", "late/gpt-4o-mini");
        assertThat(model.deployments().getFirst().contextWindow()).isEqualTo(128_000);
        assertThat(now.resolve("gpt-4o-mini")).isSameAs(model);
        assertThat(now.resolve("gpt-4oo")).isNull();
        assertThat(now.similarTo("gpt-4oo", Caller.ANYONE)).contains("gpt-4o");
    }

    @ParameterizedTest
    @ValueSource(strings = {"early/gpt-4o", "gpt-4o"})
    void whoeverAsksForAnUpstreamModelGetsWhatIsKnownOfIt(String asked) {
        var wildcard = new ModelEntry(
                "gpt-*",
                List.of(),
                "priority",
                List.of(new DeploymentEntry("early", "", 1, 1)),
                ModelEntry.Fallbacks.NONE,
                null,
                false,
                null);
        Snapshot now = new Snapshot(
                Map.of("early", provider("early", "openai", "", 1)),
                Map.of("gpt-*", wildcard),
                "priority",
                List.of(),
                Map.of("early", vendor("openai")));

        ModelEntry model = now.resolve(asked);

        assertThat(model).isNotNull();
        DeploymentEntry deployment = model.deployments().getFirst();
        assertThat(deployment.id()).isEqualTo("early/gpt-4o");
        assertThat(deployment.tariff()).isNotNull();
        assertThat(deployment.contextWindow()).isEqualTo(128_000);
    }

    @Test
    void whatTheConfigurationSaysGoesFirst() {
        Price own = new Price(BigDecimal.ONE, BigDecimal.TWO, null, null);
        DeploymentEntry said = new DeploymentEntry(
                "early",
                "gpt-4o",
                1,
                1,
                Tariff.of(own),
                1_000,
                null,
                Capabilities.UNKNOWN,
                Set.of(DeploymentEntry.PRICING, DeploymentEntry.CONTEXT_WINDOW));

        DeploymentEntry complete = vendor("openai").complete(said);

        assertThat(complete.tariff()).isEqualTo(Tariff.of(own));
        assertThat(complete.contextWindow()).isEqualTo(1_000);
        assertThat(complete.maxOutputTokens()).isEqualTo(16_384);
        assertThat(complete.configured()).isEqualTo(said.configured());
    }

    @Test
    void withNothingConfiguredTheCataloguesNamesAreOffered() {
        Snapshot now = snapshot(provider("openai", "openai", "", 1));

        List<Offer> offers = now.offers(Caller.ANYONE);

        assertThat(offers)
                .extracting(Offer::name)
                .contains("gpt-4o", "text-embedding-3-small")
                .doesNotHaveDuplicates();
        assertThat(offers)
                .allSatisfy(offer -> assertThat(now.resolve(offer.name())).isNotNull());
        var limited = new Caller("k", "k", null, List.of("gpt-4o"), Set.of(), null, null);
        assertThat(now.offers(limited)).extracting(Offer::name).containsExactly("gpt-4o");
        var elsewhere = new Caller("k", "k", null, List.of(), Set.of("other"), null, null);
        assertThat(now.offers(elsewhere)).isEmpty();
    }

    private static KnownVendor vendor(String id) {
        return ALMANAC.vendors().stream()
                .filter(v -> v.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static KnownModel find(String vendor, String name) {
        KnownModel model = vendor(vendor).find(name);
        assertThat(model).as(name).isNotNull();
        return model;
    }

    private static Snapshot snapshot(ProviderEntry... providers) {
        Map<String, ProviderEntry> byName = new LinkedHashMap<>();
        Map<String, KnownVendor> vendors = new LinkedHashMap<>();
        for (ProviderEntry provider : providers) {
            byName.put(provider.name(), provider);
            KnownVendor vendor = ALMANAC.vendor(provider);
            if (vendor != null) {
                vendors.put(provider.name(), vendor);
            }
        }
        return new Snapshot(byName, Map.of(), "priority", List.of(), vendors);
    }

    private static ProviderEntry provider(String name, String kind, String url, int priority) {
        return new ProviderEntry(
                name,
                kind,
                url,
                List.of(),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                2,
                priority,
                Map.of(),
                Map.of(),
                new ProviderEntry.Circuit(0.5, 20, Duration.ofSeconds(30), 2),
                Map.of(),
                ProviderEntry.Cloud.NONE,
                ProviderEntry.Ranking.DEFAULT,
                ProviderEntry.Limits.NONE,
                ProviderEntry.HealthCheck.DEFAULT);
    }
}
