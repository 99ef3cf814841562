package dev.signalbox.catalogue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

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

        /** Its share in the strategies that go by weight; 0: only when all others were tried. */
        @WithDefault("1")
        int weight();

        /** How good its answers are expected to be: {@code low}, {@code medium}, {@code high}, or a number from 0 to 1. */
        @WithDefault("medium")
        String quality();

        /** What its predicted costs are multiplied with, for the order only. */
        @WithDefault("1.0")
        double costMultiplier();

        /** What is added to its score in the performance strategy. */
        @WithDefault("0")
        double performanceBonus();

        /** The tasks that it is good at, such as {@code generation}, {@code analysis} or {@code code}. */
        Optional<List<String>> capabilities();

        /** Requests a minute that it is asked at most. */
        OptionalInt rateLimit();

        /** Tokens a minute that it is asked for at most, prompts and answers together. */
        OptionalLong tokenLimit();

        /** Requests that it has at the same time at most. */
        OptionalInt maxConcurrent();

        /** How many requests wait for one of these at most; the next go to other candidates. */
        @WithDefault("0")
        int queueSize();

        /** US dollars that one request may cost here at most; what can cost more is not asked here. */
        Optional<BigDecimal> requestCostLimit();

        /** US dollars that may be spent here in a day (UTC); past it the provider is no candidate until the next. */
        Optional<BigDecimal> dailyCostLimit();

        /** How it is found out whether it is well. */
        HealthCheckConfig health();

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

    /** How it is found out whether a provider is well. */
    interface HealthCheckConfig {

        /** What is asked for, behind the address; when not given what the vendor gives away for nothing, such as its models. */
        Optional<String> path();

        /** How often it is asked for, when no request has shown it anyway. */
        @WithDefault("30s")
        Duration interval();

        /** How many failures in a row make the provider unhealthy. */
        @WithDefault("3")
        int failureThreshold();

        /** How many successes in a row make it healthy again. */
        @WithDefault("3")
        int recoveryThreshold();

        /** How long an answer may take. */
        @WithDefault("5s")
        Duration timeout();
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

        /** How the candidates after the first are put in order: {@code same} as the first was chosen, or a strategy. */
        @WithDefault("same")
        String fallbackStrategy();

        /** Models to ask when all of its own deployments failed. */
        Optional<List<String>> fallbacks();

        /** Models to ask when the prompt is too long for its own. */
        Optional<List<String>> contextFallbacks();

        /** Models to ask when the vendor's content policy refused. */
        Optional<List<String>> contentFallbacks();

        /** Models to ask for another answer when something is wrong with the first. */
        Optional<QualityFallbacksConfig> qualityFallbacks();

        /** When a second deployment is asked before the first has failed. */
        Optional<HedgeConfig> hedge();

        /** Whether a stream that dies midway is continued by another candidate. */
        @WithDefault("false")
        boolean resumeStreams();

        /** An answer for when everything failed. */
        Optional<String> lastResort();

        /** What its tokens cost. */
        Optional<PricingConfig> pricing();

        /** Tokens of prompt and answer together, at most. */
        Optional<Integer> contextWindow();

        /** Tokens of an answer, at most. */
        Optional<Integer> maxOutputTokens();
    }

    /** Models to ask for another answer when something is wrong with the first. */
    interface QualityFallbacksConfig {

        /** What must be wrong: {@code empty}, {@code invalid-json}, {@code refusal}, {@code truncated}, {@code low-score}. */
        List<String> when();

        /** The models. */
        List<String> models();
    }

    /** When a second deployment is asked before the first has failed. */
    interface HedgeConfig {

        /** {@code p95}, which is as long as 95 of 100 answers of the first take, or a duration. */
        String after();

        /** What second attempts may cost at most, as a share of what all of the model's requests cost. */
        @WithDefault("0.05")
        double maxExtraSpend();
    }

    /** One upstream model at one provider. */
    interface DeploymentConfig {

        /** The provider's name. */
        String provider();

        /** The upstream model; for a wildcard model the name that was asked for when not given. */
        Optional<String> model();

        /** Its place in the order, before its provider's. */
        Optional<Integer> priority();

        /** Its share, before its provider's. */
        Optional<Integer> weight();

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
