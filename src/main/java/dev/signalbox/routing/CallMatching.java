package dev.signalbox.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Json;
import dev.signalbox.routing.Transcript.Called;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares the calls of a model that goes on with those that the caller has heard: whole ones must be equal, one that was cut
 * must begin with what was sent of it, and what follows is new. Nothing is passed before all that was heard has come again.
 */
final class CallMatching {

    private final List<Called> heard;
    private final Consumer<ChatEvent> out;
    private final List<Called> made = new ArrayList<>(1);
    private final List<ChatEvent> later = new ArrayList<>(0);
    private final Set<String> ids = new HashSet<>();
    private int matched;
    private int open = -1;

    /**
     * @param heard the calls that the caller has heard, in order
     * @param out takes what is new
     */
    CallMatching(List<Called> heard, Consumer<ChatEvent> out) {
        this.heard = heard;
        this.out = out;
        heard.forEach(call -> ids.add(call.id()));
    }

    /** Whether everything that was heard has come again. */
    boolean isPast() {
        return matched == heard.size();
    }

    /**
     * A call begins.
     *
     * @throws Unfit when it is none of what was heard
     */
    void started(ChatEvent.ToolCallStarted call, List<ChatEvent> seals) {
        int place = made.size();
        made.add(new Called(call.index(), call.id(), call.name(), new StringBuilder()));
        if (place < heard.size()) {
            if (!call.name().equals(heard.get(place).name())) {
                throw new Unfit("another tool was called");
            }
            advance(false);
            return;
        }
        advance(false);
        seals.forEach(this::say);
        say(new ChatEvent.ToolCallStarted(place, unused(call.id(), place), call.name()));
    }

    private String unused(String id, int place) {
        return ids.add(id) ? id : id + "_" + place;
    }

    /** More arguments. */
    void arguments(ChatEvent.ToolCallArguments more) {
        int place = place(more.index());
        if (place < 0) {
            return;
        }
        if (place >= heard.size() || place == open) {
            say(new ChatEvent.ToolCallArguments(place, more.delta()));
            return;
        }
        made.get(place).arguments().append(more.delta());
        advance(false);
    }

    private int place(int index) {
        for (int place = made.size() - 1; place >= 0; place--) {
            if (made.get(place).index() == index) {
                return place;
            }
        }
        return -1;
    }

    /**
     * No more calls come.
     *
     * @throws Unfit when not all that was heard has come again
     */
    void end() {
        advance(true);
        if (!isPast()) {
            throw new Unfit("not all that was said was said again");
        }
    }

    private void say(ChatEvent event) {
        if (isPast()) {
            out.accept(event);
        } else {
            later.add(event);
        }
    }

    private void advance(boolean over) {
        while (!isPast() && matched < made.size() && isMatched(heard.get(matched), made.get(matched), over)) {
            matched++;
        }
        if (isPast() && !later.isEmpty()) {
            List<ChatEvent> due = List.copyOf(later);
            later.clear();
            due.forEach(out);
        }
    }

    private boolean isMatched(Called old, Called now, boolean over) {
        String sent = old.arguments().toString();
        String again = now.arguments().toString();
        boolean last = matched == heard.size() - 1;
        JsonNode whole = object(sent.isBlank() && !last ? "{}" : sent);
        if (whole != null || !last) {
            boolean none = again.isBlank() && (over || made.size() > matched + 1);
            JsonNode same = object(none ? "{}" : again);
            if (whole == null || (same == null && over) || (same != null && !same.equals(whole))) {
                throw new Unfit("a tool was called with other arguments");
            }
            return same != null;
        }
        int rest = behind(sent, again);
        if (rest < 0 && over) {
            throw new Unfit("a call ended before it was where it had been");
        }
        if (rest < 0) {
            return false;
        }
        open = matched;
        if (rest < again.length()) {
            out.accept(new ChatEvent.ToolCallArguments(open, again.substring(rest)));
        }
        return true;
    }

    /**
     * Where the new arguments go on behind what was sent, whatever space stands between the words of either.
     *
     * @return below 0 while they are not yet so far
     * @throws Unfit when they do not begin with it
     */
    private static int behind(String sent, String again) {
        int at = 0;
        boolean string = false;
        boolean escaped = false;
        int i = 0;
        while (i < sent.length()) {
            char c = sent.charAt(i);
            if (at < again.length() && again.charAt(at) == c) {
                at++;
                i++;
                if (escaped) {
                    escaped = false;
                } else if (string && c == '\\') {
                    escaped = true;
                } else if (c == '"') {
                    string = !string;
                }
            } else if (!string && isSpace(c) && (at >= again.length() || !parts(sent, i, again, at))) {
                i++;
            } else if (at >= again.length()) {
                return -1;
            } else if (!string && isSpace(again.charAt(at)) && !parts(again, at, sent, i)) {
                at++;
            } else {
                throw new Unfit("a tool was called with other arguments");
            }
        }
        boolean glued = i > 0 && isSpace(sent.charAt(i - 1)) && at > 0 && at < again.length() && !string;
        if (glued && isToken(again.charAt(at - 1)) && isToken(again.charAt(at))) {
            throw new Unfit("a tool was called with other arguments");
        }
        // space at the very end may part a word whose rest has not come
        return at == again.length() && i > 0 && !string && isSpace(sent.charAt(i - 1)) ? -1 : at;
    }

    /** Whether the space there parts two words that the other text has in one. */
    private static boolean parts(String text, int space, String other, int at) {
        return space > 0 && isToken(text.charAt(space - 1)) && isToken(other.charAt(at));
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /** Whether the character may stand in a number or a bare word. */
    private static boolean isToken(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '+';
    }

    private static @Nullable JsonNode object(String text) {
        try {
            JsonNode read = Json.read(text);
            return read.isObject() ? read : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
