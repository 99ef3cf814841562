package dev.signalbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.signalbox.chat.Exchange;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rooms and their ranks, as ARCHITECTURE.md draws them. */
class ArchitectureTest {

    private static final String ROOT = "dev.signalbox.";

    /** A package imports only packages of lower rank. */
    private static final Map<String, Integer> RANKS = Map.ofEntries(
            Map.entry("chat", 0),
            Map.entry("dialect", 1),
            Map.entry("catalogue", 1),
            Map.entry("keys", 1),
            Map.entry("history", 1),
            Map.entry("telemetry", 1),
            Map.entry("upstream", 2),
            Map.entry("tokens", 2),
            Map.entry("fetch", 2),
            Map.entry("classify", 2),
            Map.entry("ledger", 3),
            Map.entry("limits", 3),
            Map.entry("provider", 3),
            Map.entry("strategy", 3),
            Map.entry("routing", 4),
            Map.entry("gateway", 5),
            Map.entry("api", 6),
            Map.entry("admin", 6),
            Map.entry("cluster", 7),
            Map.entry("store", 7));

    private static final JavaClasses CODE = new ClassFileImporter().importPath(mainClasses());

    private static Path mainClasses() {
        try {
            return Path.of(Exchange.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void everyPackageHasARank() {
        Set<String> rooms = CODE.stream().map(ArchitectureTest::room).collect(Collectors.toCollection(TreeSet::new));
        assertThat(RANKS.keySet()).containsAll(rooms);
    }

    @Test
    void aPackageImportsOnlyPackagesOfLowerRank() {
        classes().should(importOnlyLowerRanks()).check(CODE);
    }

    @Test
    void theRuleAboutRanksSeesAnOffence() {
        assertThat(mayImport("routing", "api")).isFalse();
        assertThat(mayImport("chat", "chat.openai")).isFalse();
        assertThat(mayImport("dialect.openai", "dialect.anthropic")).isFalse();
        assertThat(mayImport("api", "api.openai")).isFalse();
        assertThat(mayImport("api.openai", "api")).isTrue();
        assertThat(mayImport("upstream", "dialect.openai")).isTrue();
    }

    @Test
    void httpEndpointsLiveAtTheDoorsAndAtTheProviders() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..api..", "..admin..", "..provider..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jakarta.ws.rs..")
                .because(
                        "only doors and providers speak HTTP: put an endpoint into api or admin, a client into provider")
                .check(CODE);
    }

    @Test
    void onlyTheStoreKnowsHibernate() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.hibernate..", "io.quarkus.hibernate..", "jakarta.persistence..")
                .because("Hibernate Reactive belongs to the event loop: add a port and implement it in store")
                .check(CODE);
    }

    @Test
    void dialectsArePureFunctions() {
        noClasses()
                .that()
                .resideInAnyPackage("..chat..", "..dialect..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta.enterprise..", "jakarta.inject..", "io.quarkus..", "io.vertx..", "io.smallrye..")
                .because("a language knows no address and no container: put what needs one into upstream or provider")
                .check(CODE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "gemini", "vertex", "bedrock", "cohere", "ollama", "azure"})
    void aVendorIsNamedOnlyInItsOwnFolders(String vendor) throws IOException {
        // one cloud sells another's models in that one's language
        Pattern own = Pattern.compile(".*/(provider|dialect|api)/(openai/)?(" + vendor + "|vertex)/.*");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<String> offenders = files.filter(f -> f.toString().endsWith(".java"))
                    .filter(f -> !own.matcher(f.toString()).matches())
                    .filter(f -> names(f, vendor))
                    .map(Path::toString)
                    .toList();
            assertThat(offenders)
                    .as("a branch on a provider's name belongs into that provider's folder")
                    .isEmpty();
        }
    }

    /** Whether code, not comments, has the name in a string or an identifier. */
    private static boolean names(Path file, String vendor) {
        Pattern word = Pattern.compile("(?i)(?<!in)" + vendor);
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.startsWith("*") && !line.startsWith("/*") && !line.startsWith("//"))
                    .filter(line -> !line.contains("\"anthropic-beta\""))
                    .anyMatch(line -> word.matcher(line).find());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static ArchCondition<JavaClass> importOnlyLowerRanks() {
        return new ArchCondition<>("import only packages of lower rank") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = folder(type);
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (OURS.test(target) && !folder(target).equals(from) && !mayImport(from, folder(target))) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static final DescribedPredicate<JavaClass> OURS = DescribedPredicate.describe(
            "ours", type -> type.getPackageName().startsWith(ROOT.substring(0, ROOT.length() - 1)));

    /** A folder below a room may import the room itself; folders of one room know nothing of each other. */
    private static boolean mayImport(String from, String to) {
        int fromRank = RANKS.getOrDefault(room(from), -1);
        int toRank = RANKS.getOrDefault(room(to), Integer.MAX_VALUE);
        return toRank < fromRank || from.startsWith(to + ".");
    }

    private static String folder(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "";
    }

    private static String room(JavaClass type) {
        return room(folder(type));
    }

    private static String room(String folder) {
        int dot = folder.indexOf('.');
        return dot < 0 ? folder : folder.substring(0, dot);
    }
}
