package dev.signalbox.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.catalogue.Seal.Unopened;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Secrets in the store are of no use without the key, and not at another address. */
class SealedSecretsTest {

    private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String OTHER = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

    private final Seal seal = new Seal(KEY);

    @Property(tries = 200)
    void opensWhatItSealed(@ForAll String text, @ForAll String bound) throws Unopened {
        // half of a surrogate pair has no bytes
        String whole = new String(text.getBytes(UTF_8), UTF_8);
        assertThat(new Seal(KEY).open(new Seal(KEY).seal(whole, bound), bound)).isEqualTo(whole);
    }

    @Test
    void twoSealsOfTheSameTextDiffer() {
        assertThat(seal.seal("secret", "a"))
                .isNotEqualTo(seal.seal("secret", "a"))
                .doesNotContain("secret");
    }

    @Test
    void doesNotOpenForAnother() {
        String sealed = seal.seal("secret", "claude\nanthropic\nhttps://api.anthropic.com");
        assertThatThrownBy(() -> seal.open(sealed, "claude\nanthropic\nhttps://elsewhere.example"))
                .isInstanceOf(Unopened.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void doesNotOpenWhenOneBitIsDifferent() {
        String sealed = seal.seal("secret", "a");
        char last = sealed.charAt(sealed.length() - 6);
        String bent = sealed.substring(0, sealed.length() - 6)
                + (last == 'A' ? 'B' : 'A')
                + sealed.substring(sealed.length() - 5);
        assertThatThrownBy(() -> seal.open(bent, "a")).isInstanceOf(Unopened.class);
    }

    @Test
    void keysCanBeChanged() throws Unopened {
        String old = seal.seal("secret", "a");
        var both = new Seal(OTHER + "," + KEY);
        assertThat(both.open(old, "a")).isEqualTo("secret");
        String renewed = both.seal("secret", "a");
        assertThat(new Seal(OTHER).open(renewed, "a")).isEqualTo("secret");
        assertThatThrownBy(() -> seal.open(renewed, "a")).hasMessageContaining("is not in " + Seal.VARIABLE);
    }

    @Test
    void aPassphraseWillDo() throws Unopened {
        var one = new Seal("correct horse battery staple");
        assertThat(new Seal(" correct horse battery staple ").open(one.seal("secret", "a"), "a"))
                .isEqualTo("secret");
    }

    @Test
    void withoutAKeyThereIsNone() {
        assertThat(new Seal(null).isThere()).isFalse();
        assertThat(new Seal(" ").isThere()).isFalse();
        assertThatThrownBy(() -> new Seal(null).open(seal.seal("secret", "a"), "a"))
                .isInstanceOf(Unopened.class);
        assertThatThrownBy(() -> seal.open("nonsense", "a")).isInstanceOf(Unopened.class);
        assertThatThrownBy(() -> seal.open(seal.seal("x", "a").replaceAll("[^.]*$", "!"), "a"))
                .isInstanceOf(Unopened.class);
    }
}
