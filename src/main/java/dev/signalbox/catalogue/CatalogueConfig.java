package dev.signalbox.catalogue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of {@code signalbox.*} that says which providers and models there are. */
@ConfigMapping(prefix = "signalbox")
public interface CatalogueConfig {

    /** The strategy of models that name none. */
    @WithDefault("priority")
    String strategy();

    /** Upstream accounts and servers, by name. */
    Map<String, ProviderConfig> providers();

    /** Public models, by name; a name may end in {@code *}. */
    Map<String, ModelConfig> models();

    /** Whether another candidate may answer when the first one fails. */
    @WithDefault("true")
    boolean fallback();

    /** Providers that are tried last for every model, with the model of the same name. */
    Optional<List<String>> fallbackProviders();

    /** Whether what a deployment cannot express is left out and disclosed, in place of being refused. */
    @WithDefault("false")
    boolean dropUnsupported();

    /** One upstream account or server. */
    interface ProviderConfig {

        /** Which upstream API it speaks. */
        String kind();

        /** Its address, as the vendor's own client takes it; the kind's own when not given. */
        Optional<String> baseUrl();

        /** Its credentials, used in turn; a limited or rejected one rests. */
        Optional<List<String>> apiKeys();

        /** How long a connection may take to open. */
        @WithDefault("5s")
        Duration connectTimeout();

        /** How long a whole plain answer may take; also bounds the first token of a stream. */
        @WithDefault("10m")
        Duration timeout();

        /** How long the first token of a stream may take. */
        @WithDefault("60s")
        Duration firstTokenTimeout();

        /** How long a stream may be silent between two events. */
        @WithDefault("60s")
        Duration idleTimeout();

        /** Further attempts at the same deployment. */
        @WithDefault("2")
        int maxRetries();

        /** Its place in the order of the priority strategy; lower goes first. */
        @WithDefault("1")
        int priority();

        /** Settings for callers who gave none, under the names of the provider's own language. */
        Map<String, String> defaults();

        /** Headers sent with every request. */
        Map<String, String> headers();

        /** When its deployments' circuits open and close. */
        CircuitConfig circuit();

        /** How an OpenAI-compatible server differs from OpenAI. */
        QuirksConfig quirks();

        /** The cloud's region, such as {@code eu-central-1}. */
        Optional<String> region();

        /** The Google Cloud project that pays. */
        Optional<String> project();

        /** Several Google Cloud projects, used in turn; a limited one rests. */
        Optional<List<String>> projects();

        /** The Google Cloud location, such as {@code europe-west1} or {@code global}. */
        Optional<String> location();

        /** A file with the cloud's credentials, or their JSON. */
        Optional<String> credentials();

        /** The version of the cloud's API, for those that ask for one. */
        Optional<String> apiVersion();
    }

    /** A circuit breaker. */
    interface CircuitConfig {

        /** The share of failures that opens it. */
        @WithDefault("0.5")
        double failureRatio();

        /** How many of the last calls are looked at. */
        @WithDefault("20")
        int volume();

        /** How long it stays open. */
        @WithDefault("30s")
        Duration openFor();

        /** How many successes close it again. */
        @WithDefault("2")
        int halfOpenSuccesses();
    }

    /** How an OpenAI-compatible server differs from OpenAI. */
    interface QuirksConfig {

        /** Whether it understands being asked for usage in a stream. */
        Optional<String> usageInStream();

        /** Top-level request fields that it wants under another name. */
        Map<String, String> rename();

        /** Request fields that it does not take: top-level ones, and those of messages as {@code messages.name}. */
        Optional<List<String>> refuse();

        /** Request fields that it takes though OpenAI does not: {@code top_k}, {@code min_p}, {@code cache_control}, ... */
        Optional<List<String>> take();

        /** Content that it takes, of {@code text}, {@code image}, {@code audio}, {@code file}, {@code document-url}. */
        Optional<List<String>> parts();

        /** Response formats that it knows, of {@code text}, {@code json_object}, {@code json_schema}. */
        Optional<List<String>> responseFormats();

        /** Its usual name for the most tokens of an answer: {@code max_tokens} or {@code max_completion_tokens}. */
        Optional<String> outputLimit();

        /** How many stop sequences it takes. */
        Optional<String> mostStops();

        /** How many letters and digits the id of a tool call must have; 0: any id will do. */
        Optional<String> toolCallIdLength();

        /** Its word for {@code tool_choice: required}. */
        Optional<String> requiredTool();

        /** Where earlier thoughts go: {@code unsaid}, {@code reasoning-content}, {@code reasoning} or {@code content}. */
        Optional<String> thoughts();

        /** Whether every tool call must come with what was thought, even if that is nothing. */
        Optional<String> thoughtsWithCalls();

        /** Whether it knows the role {@code developer}. */
        Optional<String> developerRole();

        /** Models that take {@code reasoning_effort}, as names or wildcards. */
        Optional<List<String>> reasoningModels();

        /** Fields that those models want under another name, as {@code max_tokens:max_completion_tokens}. */
        Optional<List<String>> reasoningRename();

        /** Whether it has {@code /completions}. */
        Optional<String> completions();

        /** Whether it has {@code /embeddings}. */
        Optional<String> embeddings();

        /** Whether it has {@code /moderations}. */
        Optional<String> moderations();

        /** The model that judges when a caller names none. */
        Optional<String> moderationModel();

        /** Whether it has {@code /responses}. */
        Optional<String> responses();
    }

    /** One public model. */
    interface ModelConfig {

        /** Other names for it. */
        Optional<List<String>> aliases();

        /** How its candidates are put in order. */
        Optional<String> strategy();

        /** The upstream models that can serve it. */
        List<DeploymentConfig> deployments();

        /** Models to ask when all of its own deployments failed. */
        Optional<List<String>> fallbacks();

        /** Models to ask when the prompt is too long for its own. */
        Optional<List<String>> contextFallbacks();

        /** Models to ask when the vendor's content policy refused. */
        Optional<List<String>> contentFallbacks();

        /** An answer for when everything failed. */
        Optional<String> lastResort();

        /** What its tokens cost. */
        Optional<PricingConfig> pricing();

        /** Tokens of prompt and answer together, at most. */
        Optional<Integer> contextWindow();

        /** Tokens of an answer, at most. */
        Optional<Integer> maxOutputTokens();
    }

    /** One upstream model at one provider. */
    interface DeploymentConfig {

        /** The provider's name. */
        String provider();

        /** The upstream model; for a wildcard model the name that was asked for when not given. */
        Optional<String> model();

        /** Its place in the order, before its provider's. */
        Optional<Integer> priority();

        /** What its tokens cost, before its model's. */
        Optional<PricingConfig> pricing();

        /** As of its model, and before it. */
        Optional<Integer> contextWindow();

        /** As of its model, and before it. */
        Optional<Integer> maxOutputTokens();
    }

    /** US dollars per million tokens. */
    interface PricingConfig {

        /** A prompt token. */
        BigDecimal input();

        /** An answer token. */
        BigDecimal output();

        /** A prompt token read from the vendor's cache; as {@code input} when not given. */
        Optional<BigDecimal> cachedInput();

        /** A prompt token written to the vendor's cache; as {@code input} when not given. */
        Optional<BigDecimal> cacheWrite();
    }
}
