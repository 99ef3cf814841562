package dev.signalbox.provider.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.catalogue.InvalidConfig;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses on Google Cloud. */
class PlaceTest {

    @ParameterizedTest
    @CsvSource({
        "europe-west1,https://europe-west1-aiplatform.googleapis.com/v1",
        "global,https://aiplatform.googleapis.com/v1",
        "eu,https://aiplatform.eu.rep.googleapis.com/v1",
    })
    void everyLocationHasItsHost(String location, String address) {
        assertThat(Place.of("at", "", location, null).address()).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "http://host:8,,http://host:8/v1",
        "http://host:8/v1,,http://host:8/v1",
        "http://host:8/v1beta1,v1,http://host:8/v1beta1",
        "http://host:8/proxy,v1beta1,http://host:8/proxy/v1beta1",
    })
    void anotherHostMayBringItsVersion(String baseUrl, String version, String address) {
        assertThat(Place.of("at", baseUrl, "global", version).address()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Europe", "evil.example/", "a b", "@evil"})
    void aLocationIsAName(String location) {
        assertThatThrownBy(() -> Place.of("signalbox.providers.v", "", location, null))
                .isInstanceOf(InvalidConfig.class)
                .hasMessageContaining("signalbox.providers.v.location");
    }

    @ParameterizedTest
    @CsvSource({
        "gemini-2.5-flash,publishers/google/models/gemini-2.5-flash",
        "models/gemini-2.5-flash,publishers/google/models/gemini-2.5-flash",
        "meta/llama-4,publishers/meta/models/llama-4",
        "publishers/mistralai/models/m,publishers/mistralai/models/m",
        "endpoints/123,endpoints/123",
        "claude@20250929,publishers/google/models/claude@20250929",
        "odd name?x#y,publishers/google/models/odd%20name%3Fx%23y",
    })
    void everyNameIsAResource(String model, String resource) {
        assertThat(Place.resource(model)).isEqualTo(resource);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "a/..", "a/./b", "a//b", "/a", "a/b/c", "projects/p/locations/l/x", ""})
    void aNameThatLeadsElsewhereIsNone(String model) {
        assertThat(Place.resource(model)).isNull();
    }

    @Test
    void aMethodStandsBehindProjectAndLocation() {
        Place place = Place.of("at", "", "us-central1", null);

        assertThat(place.method("my-project", "publishers/google/models/g", "generateContent"))
                .isEqualTo(URI.create("https://us-central1-aiplatform.googleapis.com/v1/projects/my-project/locations"
                        + "/us-central1/publishers/google/models/g:generateContent"));
        assertThat(place.method(null, "publishers/google/models/g", "predict"))
                .isEqualTo(URI.create(
                        "https://us-central1-aiplatform.googleapis.com/v1/publishers/google/models/g:predict"));
    }
}
