package dev.signalbox.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecentHistoryTest {

    private final RecentHistory history = new RecentHistory();

    private static Kept response(String owner, String id, String previous, int size) {
        return new Kept(owner, id, Instant.EPOCH, previous, "x".repeat(size), "", false, Set.of("item_" + id));
    }

    private void keep(Kept kept) {
        history.keep(kept).await().indefinitely();
    }

    private List<String> chain(String owner, String id) {
        return history.chain(owner, id).await().indefinitely().stream()
                .map(Kept::id)
                .toList();
    }

    @Test
    void aChainIsFollowedUntilOneIsMissing() {
        keep(response("me", "a", null, 1));
        keep(response("me", "b", "a", 1));
        keep(response("me", "c", "b", 1));
        keep(response("me", "d", "nobody", 1));

        assertThat(chain("me", "c")).containsExactly("c", "b", "a");
        assertThat(chain("me", "d")).containsExactly("d");
        assertThat(chain("you", "c")).isEmpty();
    }

    @Test
    void aChainThatBitesItsTailEnds() {
        keep(response("me", "a", "b", 1));
        keep(response("me", "b", "a", 1));

        assertThat(chain("me", "a")).hasSize(RecentHistory.LONGEST);
    }

    @Test
    void itemsLeadToTheirResponse() {
        keep(response("me", "a", null, 1));

        assertThat(history.holding("me", Set.of("item_a", "item_b")).await().indefinitely())
                .extracting(Kept::id)
                .containsExactly("a");
        assertThat(history.holding("you", Set.of("item_a")).await().indefinitely())
                .isEmpty();
    }

    @Test
    void whatIsForgottenIsGone() {
        keep(response("me", "a", null, 1));

        assertThat(history.forget("you", "a").await().indefinitely()).isFalse();
        assertThat(history.forget("me", "a").await().indefinitely()).isTrue();
        assertThat(history.forget("me", "a").await().indefinitely()).isFalse();
        assertThat(history.find("me", "a").await().indefinitely()).isNull();
        assertThat(history.holding("me", Set.of("item_a")).await().indefinitely())
                .isEmpty();
    }

    @Test
    void theOldestMakeRoom() {
        for (int i = 0; i <= RecentHistory.MOST; i++) {
            keep(response("me", "r" + i, null, 1));
        }
        assertThat(history.find("me", "r0").await().indefinitely()).isNull();
        assertThat(history.find("me", "r1").await().indefinitely()).isNotNull();

        int heavy = (int) (RecentHistory.MOST_TOGETHER / 4);
        for (int i = 0; i < 5; i++) {
            keep(response("me", "heavy" + i, null, heavy));
        }
        assertThat(history.find("me", "r1").await().indefinitely()).isNull();
        assertThat(history.find("me", "heavy0").await().indefinitely()).isNull();
        assertThat(history.find("me", "heavy4").await().indefinitely()).isNotNull();
    }

    @Test
    void theSameIdAgainReplacesTheFirst() {
        keep(response("me", "a", null, 1));
        keep(response("me", "a", "b", 2));

        assertThat(history.find("me", "a").await().indefinitely().previous()).isEqualTo("b");
    }
}
