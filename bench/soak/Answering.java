import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One attempt and what becomes of it. Who shows the beginning of a story gets the rest: exactly, or with some of the beginning
 * said again, or all of it.
 */
final class Answering {

    private static final int LONGEST_PIECE = 24;
    private static final double EXACTLY = 0.5;
    private static final double OVERLAPPING = 0.3;

    private final Wire wire;
    private final Language language;
    private final Asked asked;
    private final Legs.Leg leg;
    private final SplittableRandom random;
    private final Tally tally;

    Answering(Wire wire, Language language, Asked asked, Legs.Leg leg, SplittableRandom random, Tally tally) {
        this.wire = wire;
        this.language = language;
        this.asked = asked;
        this.leg = leg;
        this.random = random;
        this.tally = tally;
    }

    /**
     * Answers, or fails to.
     *
     * @param delayMs before the first token
     * @param spoiling the probability that the answer has a character too few or too many
     */
    void play(long delayMs, double spoiling) throws IOException {
        String text = told(asked.story().text());
        if (text == null) {
            wire.answer(400, language.error("that is not how the story begins"));
            return;
        }
        sleep(delayMs + random.nextInt(20));
        if (leg.fault.isEarly()) {
            early();
        } else if (asked.stream()) {
            stream(spoilt(text, spoiling));
        } else {
            plain(spoilt(text, spoiling));
        }
    }

    /** What is told to somebody who heard the beginning; null when it is of another story. */
    private String told(String whole) {
        String said = asked.said();
        if (said.isEmpty()) {
            return whole;
        }
        if (!whole.startsWith(said)) {
            tally.violation(leg.vendor + " is shown the beginning of another story: ..."
                    + said.substring(Math.max(0, said.length() - 60)).replace("\n", "\\n"));
            return null;
        }
        double way = random.nextDouble();
        if (way < EXACTLY) {
            tally.count("continued exactly");
            return whole.substring(said.length());
        }
        if (way < EXACTLY + OVERLAPPING) {
            tally.count("continued with an overlap");
            int from = Math.max(0, said.length() - 30 - random.nextInt(60));
            while (from > 0 && whole.charAt(from - 1) != ' ') {
                from--;
            }
            return whole.substring(from);
        }
        tally.count("continued from the beginning");
        return whole;
    }

    private String spoilt(String text, double spoiling) {
        if (random.nextDouble() >= spoiling || text.isEmpty()) {
            return text;
        }
        tally.count("spoilt answers");
        int at = text.indexOf(':', random.nextInt(text.length()));
        if (at < 0) {
            return text + "!";
        }
        return text.substring(0, at) + (random.nextBoolean() ? "" : "::") + text.substring(at + 1);
    }

    private void early() throws IOException {
        switch (leg.fault) {
            case ERROR_500 -> wire.answer(500, language.error("oops"));
            case BUSY_503 -> wire.answer(503, language.error("busy"), "retry-after: 0.1");
            case BUSY_529 -> wire.answer(529, language.error("overloaded"));
            case LIMIT_SECONDS -> limited("retry-after: 1");
            case LIMIT_MILLIS -> limited("retry-after-ms: 300");
            case LIMIT_DATE -> limited("retry-after: "
                    + DateTimeFormatter.RFC_1123_DATE_TIME.format(
                            Instant.now().plusSeconds(1).atOffset(ZoneOffset.UTC)));
            case LIMIT_RESET -> limited("x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 1s");
            case CLOSED -> wire.cut();
            case RESET -> wire.reset();
            case EMPTY -> nonsense("", "");
            case BROKEN_JSON -> nonsense("{\"id\":\"broken\",\"choices\":[{", "data: {\"choices\":[{\"delta\":{\n\n");
            case ERROR_IN_200 -> nonsense(language.error("overloaded"), language.errorEvent("overloaded"));
            case SILENT -> {
                if (asked.stream() && random.nextBoolean()) {
                    wire.events();
                }
                silent();
            }
            default -> throw new IllegalStateException(leg.fault.name());
        }
    }

    private void limited(String... headers) throws IOException {
        wire.answer(429, language.error("slow down"), headers);
    }

    private void nonsense(String plain, String event) throws IOException {
        if (asked.stream()) {
            wire.events();
            wire.send(event);
            wire.end();
        } else {
            wire.answer(200, plain);
        }
    }

    private void plain(String text) throws IOException {
        long tokens = Asked.tokens(text);
        byte[] body = language.plain(text, leg.promptTokens, tokens).getBytes(UTF_8);
        wire.promise(200, body.length);
        if (leg.fault == Fault.NONE || leg.fault == Fault.NO_END) {
            leg.reported = tokens;
            wire.write(body, 0, body.length);
            return;
        }
        boolean inCharacter = leg.fault == Fault.CUT_IN_CHARACTER;
        wire.write(body, 0, inCharacter ? inCharacter(body, body.length / 2) : random.nextInt(body.length));
        if (leg.fault == Fault.STALL) {
            silent();
        }
        wire.cut();
    }

    private void stream(String text) throws IOException {
        long tokens = Asked.tokens(text);
        List<String> pieces = pieces(text);
        List<String> events =
                language.events(Long.toHexString(random.nextLong()), pieces, leg.promptTokens, tokens);
        int finish = language.preamble() + pieces.size();
        int broken = leg.fault == Fault.NONE ? events.size() : language.preamble() + random.nextInt(pieces.size() + 1);
        wire.events();
        for (int i = 0; i < broken; i++) {
            if (i == finish) {
                leg.reported = tokens;
            }
            inPackets(events.get(i).getBytes(UTF_8));
        }
        byte[] next = broken < events.size() ? events.get(broken).getBytes(UTF_8) : new byte[0];
        switch (leg.fault) {
            case CUT -> {
                wire.send(next, 0, random.nextInt(next.length));
                wire.cut();
            }
            case CUT_IN_CHARACTER -> {
                wire.send(next, 0, inCharacter(next, 0));
                wire.cut();
            }
            case STALL -> {
                wire.send(next, 0, random.nextInt(next.length));
                silent();
            }
            case ERROR_IN_MIDDLE -> {
                wire.send(language.errorEvent("overloaded"));
                wire.end();
            }
            default -> wire.end();
        }
    }

    /** An event now and then comes in two packets, cut anywhere. */
    private void inPackets(byte[] event) throws IOException {
        int cut = random.nextInt(4) == 0 ? 1 + random.nextInt(event.length - 1) : event.length;
        wire.send(event, 0, cut);
        if (cut < event.length) {
            sleep(1);
            wire.send(event, cut, event.length);
        }
        if (random.nextInt(3) == 0) {
            sleep(random.nextInt(5));
        }
    }

    private List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0, to; from < text.length(); from = to) {
            to = Math.min(text.length(), from + 1 + random.nextInt(LONGEST_PIECE));
            if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
                to++;
            }
            pieces.add(text.substring(from, to));
        }
        return pieces;
    }

    private void silent() throws IOException {
        String problem = wire.silent();
        if (problem != null) {
            tally.violation(leg + ": " + problem);
        }
    }

    /** A position inside a character of several bytes, if there is one behind; else any. */
    private static int inCharacter(byte[] bytes, int from) {
        for (int i = from + 1; i < bytes.length; i++) {
            if ((bytes[i] & 0xC0) == 0x80) {
                return i;
            }
        }
        return bytes.length / 2;
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
