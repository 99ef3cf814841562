package dev.signalbox.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manifests mean what they say: Kubernetes drops a field it does not know without a word, this test does not. */
class KubernetesManifestsTest {
    private static final Path BASE = Path.of("k8s/base");
    private static final KubernetesSerialization KUBERNETES = new KubernetesSerialization();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @Test
    void everyFieldIsKnownToKubernetes() {
        assertThat(manifests())
                .isNotEmpty()
                .allSatisfy(manifest -> assertThat(unknownFields(manifest))
                        .as(manifest.getKind())
                        .isEmpty());
    }

    @Test
    void whatKustomizeRendersIsKnownToKubernetes() {
        // where there is no kubectl the files themselves are all there is to read
        assertThat(rendered())
                .allSatisfy(manifest -> assertThat(unknownFields(manifest))
                        .as(manifest.getKind())
                        .isEmpty());
    }

    @Test
    void aMisspeltFieldIsFound() {
        var misspelt = read(BASE.resolve("deployment.yaml")).replace("image: signalbox", "imag: signalbox");

        assertThat(unknownFields(parse(misspelt))).containsExactly("Deployment.spec.template.spec.containers[0].imag");
    }

    @Test
    void everyFileOfTheFolderIsUsed() throws IOException {
        try (Stream<Path> files = Files.list(BASE)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.of(List.of("kustomization.yaml"), resources(), generated())
                                    .flatMap(List::stream)
                                    .toList());
        }
    }

    @Test
    void theThreeProbesAskTheGatewayItself() {
        var gateway = gateway();

        assertThat(path(gateway.getStartupProbe())).isEqualTo("/q/health/started");
        assertThat(path(gateway.getReadinessProbe())).isEqualTo("/q/health/ready");
        assertThat(path(gateway.getLivenessProbe())).isEqualTo("/q/health/live");
    }

    @Test
    void runsWithoutRootAndWithoutAWritableRoot() {
        var pod = deployment().getSpec().getTemplate().getSpec();
        var container = gateway().getSecurityContext();

        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(container.getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
    }

    @Test
    void whatIsMountedIsThere() {
        var mounts = gateway().getVolumeMounts();

        assertThat(mounts)
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(
                        deployment().getSpec().getTemplate().getSpec().getVolumes().stream()
                                .map(Volume::getName)
                                .toList());
        assertThat(mounts)
                .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .extracting(VolumeMount::getMountPath)
                .containsExactlyInAnyOrder("/data", "/tmp");
    }

    @Test
    void runningRequestsHaveTimeToFinish() {
        var drainDelay = 5;
        var drainTimeout = 60;

        assertThat(deployment().getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds())
                .isGreaterThan(drainDelay + drainTimeout);
    }

    @Test
    void theServiceLeadsToTheGatewaysPort() {
        var port = only(Service.class).getSpec().getPorts().getFirst();

        assertThat(port.getPort()).isEqualTo(80);
        assertThat(gateway().getPorts()).anySatisfy(exposed -> {
            assertThat(exposed.getName()).isEqualTo(port.getTargetPort().getStrVal());
            assertThat(exposed.getContainerPort()).isEqualTo(8080);
        });
    }

    @Test
    void startsWithoutTheSecret() {
        assertThat(gateway().getEnvFrom())
                .allSatisfy(source ->
                        assertThat(source.getSecretRef().getOptional()).isTrue());
    }

    private static Container gateway() {
        return deployment().getSpec().getTemplate().getSpec().getContainers().getFirst();
    }

    private static Deployment deployment() {
        return only(Deployment.class);
    }

    private static String path(Probe probe) {
        assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
        return probe.getHttpGet().getPath();
    }

    private static <T extends HasMetadata> T only(Class<T> kind) {
        return manifests().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }

    private static List<HasMetadata> manifests() {
        return resources().stream().map(name -> parse(read(BASE.resolve(name)))).toList();
    }

    private static List<HasMetadata> rendered() {
        try {
            var kubectl = new ProcessBuilder("kubectl", "kustomize", BASE.toString())
                    .redirectErrorStream(true)
                    .start();
            var output = new String(kubectl.getInputStream().readAllBytes(), UTF_8);
            assertThat(kubectl.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(kubectl.exitValue()).as(output).isZero();
            return Stream.of(output.split("(?m)^---$"))
                    .map(KubernetesManifestsTest::parse)
                    .toList();
        } catch (IOException noKubectl) {
            return manifests();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static List<String> resources() {
        return texts(kustomization().path("resources"));
    }

    private static List<String> generated() {
        var files = new ArrayList<String>();
        kustomization().path("configMapGenerator").forEach(generator -> files.addAll(texts(generator.path("files"))));
        return files;
    }

    private static JsonNode kustomization() {
        try {
            return YAML.readTree(read(BASE.resolve("kustomization.yaml")));
        } catch (IOException invalid) {
            throw new UncheckedIOException(invalid);
        }
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static HasMetadata parse(String yaml) {
        return KUBERNETES.unmarshal(yaml);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The model keeps what it does not know in a map of every object, at any depth. */
    private static List<String> unknownFields(HasMetadata manifest) {
        var unknown = new ArrayList<String>();
        collect(manifest.getKind(), manifest, unknown);
        return unknown;
    }

    private static void collect(String path, Object value, List<String> unknown) {
        switch (value) {
            case null -> {}
            case Collection<?> elements -> {
                var index = 0;
                for (var element : elements) {
                    collect(path + "[" + index++ + "]", element, unknown);
                }
            }
            case Map<?, ?> entries -> entries.forEach((key, entry) -> collect(path + "." + key, entry, unknown));
            case Object object
            when object.getClass().getPackageName().startsWith("io.fabric8.kubernetes.api.model") ->
                collectFields(path, object, unknown);
            case Object _ -> {}
        }
    }

    private static void collectFields(String path, Object object, List<String> unknown) {
        for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (var field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.getType().isEnum()) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    var value = field.get(object);
                    if (field.getName().equals("additionalProperties") && value instanceof Map<?, ?> extra) {
                        extra.keySet().forEach(name -> unknown.add(path + "." + name));
                    } else {
                        collect(path + "." + field.getName(), value, unknown);
                    }
                } catch (IllegalAccessException impossible) {
                    throw new AssertionError(impossible);
                }
            }
        }
    }
}
