package dev.signalbox.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What can be configured of the strategies, for all models alike. */
@ConfigMapping(prefix = "signalbox")
public interface StrategyConfig {

    /** The strategy that {@code hybrid} ends with. */
    @WithDefault("weighted-round-robin")
    String balancing();

    /** How many calls of each deployment strategies look back on. */
    @WithDefault("100")
    int historySize();

    /** How fast the weights of {@code dynamic} follow what is observed, above 0 and at most 1. */
    @WithDefault("0.1")
    double adaptationRate();

    /** What makes a request simple or complex. */
    ComplexityConfig complexity();

    /** The terms by which tasks are told, by the name of the task: in place of the built-in ones, or for a task of one's own. */
    Map<String, List<String>> tasks();

    /** What makes a request simple or complex; what is not given is as built in. */
    interface ComplexityConfig {

        /** A simple request has fewer words in its last user message. */
        OptionalInt simpleWords();

        /** A complex request has more words in its last user message. */
        OptionalInt complexWords();

        /** A simple request has fewer characters in all its messages. */
        OptionalLong simpleContext();

        /** A complex request has more characters in all its messages. */
        OptionalLong complexContext();

        /** One of these in the last user message makes a request complex; {@code *} at the end stands for any rest. */
        Optional<List<String>> terms();
    }
}
