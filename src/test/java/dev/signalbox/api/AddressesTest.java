package dev.signalbox.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URISyntaxException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken for an address here is one for everybody who reads it later. */
class AddressesTest {

    @Property
    void whatIsWellFormedIsSoForTheNextReaderToo(
            @ForAll @CharRange(from = '\u0000', to = '\u00ff') @StringLength(max = 12) String rest) {
        String address = "/v1/models/" + rest;
        boolean isUri;
        try {
            isUri = new URI(address).getRawPath() != null;
        } catch (URISyntaxException e) {
            isUri = false;
        }
        if (Addresses.isWellFormed(address) && address.indexOf('#') < 0) {
            assertThat(isUri).as(address).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1/models/a%2Fb",
                "/v1/models/gpt-4o:x@1",
                "/v1/models?a=b&c[]=d",
                "*",
                "http://localhost/v1/models",
                "/v1beta/models/gemini-2.5-pro:generateContent?alt=sse",
                "/v1/models/~a!$&'()*+,;="
            })
    void whatClientsSendIs(String address) {
        assertThat(Addresses.isWellFormed(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/%", "/%4", "/%zz", "/a b", "/a\u0000", "/a\u009b", "/a\"", "/{a}", "/a\\b", "/a|b", "/a[b]"})
    void whatNobodyCouldReadIsNot(String address) {
        assertThat(Addresses.isWellFormed(address)).isFalse();
    }
}
