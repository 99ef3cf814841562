package dev.signalbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents lead where they say. */
class DocumentsTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)|(?:src|srcset)=\"([^\"]+)\"");
    private static final List<String> OF_A_DECISION =
            List.of("## Context", "## Decision", "## Consequences", "## Reopen when");

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                String to = link.group(1) == null ? link.group(2) : link.group(1);
                if (!to.contains("://") && !Files.exists(document.resolveSibling(to))) {
                    broken.add(document + " -> " + to);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyDecisionSaysWhenItIsToBeReopened() throws IOException {
        try (Stream<Path> decisions = Files.list(Path.of("docs/decisions"))) {
            for (Path decision : decisions.toList()) {
                assertThat(decision.getFileName().toString()).matches("\\d{4}-[a-z0-9-]+\\.md");
                assertThat(Files.readString(decision)).as(decision.toString()).contains(OF_A_DECISION);
            }
        }
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        try (Stream<Path> here = Files.list(Path.of("."));
                Stream<Path> below = Files.walk(Path.of("docs"))) {
            Stream.concat(here, below)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(documents::add);
        }
        assertThat(documents).isNotEmpty();
        return documents;
    }
}
