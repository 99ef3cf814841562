import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Holds the ledger against what callers received and vendors did. */
final class Rows {

    private static final int TRIES = 50;
    private static final long PAUSE_MS = 100;

    /** How many rows a gateway without a store remembers. */
    private static final int REMEMBERED = 10_000;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String gateway;
    private final Tally tally;
    private final AtomicReference<BigDecimal> cost = new AtomicReference<>(BigDecimal.ZERO);

    Rows(String gateway, Tally tally) {
        this.gateway = gateway;
        this.tally = tally;
    }

    /** There must be a row, and it must say what was. */
    void check(Caller.Way way, Caller.Answer answer, List<Legs.Leg> legs) throws IOException, InterruptedException {
        Object row = row(answer.id());
        if (row == null) {
            tally.violation("no row for " + answer.id());
            return;
        }
        List<?> attempts = Json.list(row, "attempts");
        long status = Json.number(row, "status");
        long input = Json.number(row, "input_tokens");
        long output = Json.number(row, "output_tokens");
        boolean estimated = Boolean.TRUE.equals(Json.at(row, "estimated"));
        tally.count("rows");
        tally.count("row status " + status);
        tally.count("input tokens", input);
        tally.count("output tokens", output);
        if (Json.at(row, "cost_usd") instanceof BigDecimal known) {
            cost.accumulateAndGet(known, BigDecimal::add);
        } else {
            problem(row, legs, "has no cost");
        }
        if (status != (answer.problem() == null ? 200 : status)) {
            problem(row, legs, "has status " + status);
        }
        if (Boolean.TRUE.equals(Json.at(row, "stream")) != way.stream() || !Json.text(row, "model").equals(way.model())) {
            problem(row, legs, "is not of what was asked");
        }
        long unseen = attempts.stream().filter(a -> Json.at(a, "status") == null).count();
        if (legs.size() > attempts.size() || legs.size() + unseen < attempts.size()) {
            problem(row, legs, "has %d attempts, but %d reached a vendor".formatted(attempts.size(), legs.size()));
        }
        tally.count("attempts in rows", attempts.size());
        if (answer.problem() == null) {
            tokens(row, answer, legs, input, output, estimated);
        }
    }

    /** Who failed without a word costs nothing; who broke off or lost a race is counted, though the caller was not told. */
    private void tokens(Object row, Caller.Answer answer, List<Legs.Leg> legs, long input, long output, boolean estimated) {
        List<String> errors = Json.list(row, "attempts").stream().map(attempt -> Json.text(attempt, "error")).toList();
        boolean raced = errors.contains("superseded");
        boolean resumed = errors.contains("stream_broken");
        List<Legs.Leg> whole = legs.stream().filter(leg -> leg.reported >= 0).toList();
        long prompts = whole.stream().mapToLong(leg -> leg.promptTokens).sum();
        long tokens = whole.stream().mapToLong(leg -> leg.reported).sum();
        tally.count("hedged", raced ? 1 : 0);
        tally.count("resumed", resumed ? 1 : 0);
        tally.count("resumed more than once", Collections.frequency(errors, "stream_broken") > 1 ? 1 : 0);
        tally.count("not continued", Collections.frequency(errors, "not_continued"));
        if (whole.isEmpty()) {
            problem(row, legs, "was answered, but no vendor was done");
        } else if (!raced && !resumed) {
            if (input != prompts || output != tokens || estimated) {
                problem(row, legs, "does not have the %d and %d tokens that its vendor reported".formatted(prompts, tokens));
            }
            if (answer.inputTokens() != input || answer.outputTokens() != output) {
                problem(row, legs, "has other tokens than the caller was told: %d and %d"
                        .formatted(answer.inputTokens(), answer.outputTokens()));
            }
        } else if (!raced && (input < prompts || output < tokens)) {
            problem(row, legs, "has fewer tokens than the %d and %d that were reported".formatted(prompts, tokens));
        } else if (input < answer.inputTokens() || output < answer.outputTokens()) {
            problem(row, legs, "has fewer tokens than the caller was told: %d and %d"
                    .formatted(answer.inputTokens(), answer.outputTokens()));
        } else if (!estimated && (input != prompts || output != tokens)) {
            problem(row, legs, "has a part that nobody reported, but is not marked as estimated");
        }
    }

    private void problem(Object row, List<Legs.Leg> legs, String what) {
        tally.violation("row %s %s: %s tokens %s/%s estimated=%s attempts=%s; vendors saw %s".formatted(
                Json.text(row, "id"), what, Json.text(row, "model"), Json.at(row, "input_tokens"),
                Json.at(row, "output_tokens"), Json.at(row, "estimated"), Json.at(row, "attempts"), legs));
    }

    /** What {@code /usage} says of everything since a moment must be the sum of the rows. */
    void checkUsage(Instant from) throws IOException, InterruptedException {
        Object usage = get("/admin/v1/usage?group_by=model&from=" + URLEncoder.encode(from.toString(), UTF_8));
        long requests = 0;
        long input = 0;
        long output = 0;
        BigDecimal spent = BigDecimal.ZERO;
        for (Object row : Json.list(usage, "data")) {
            requests += Json.number(row, "requests");
            input += Json.number(row, "input_tokens");
            output += Json.number(row, "output_tokens");
            spent = Json.at(row, "cost_usd") instanceof BigDecimal known ? spent.add(known) : spent;
        }
        if (tally.of("rows") > REMEMBERED && requests == REMEMBERED) {
            System.err.println("Without a store only %d rows are remembered: /usage is not compared.".formatted(requests));
            return;
        }
        same("requests", requests, tally.of("rows"));
        same("input tokens", input, tally.of("input tokens"));
        same("output tokens", output, tally.of("output tokens"));
        if (spent.compareTo(cost.get()) != 0) {
            tally.violation("/usage has a cost of %s, the rows have %s".formatted(spent, cost.get()));
        }
    }

    private void same(String what, long usage, long rows) {
        if (usage != rows) {
            tally.violation("/usage has %d %s, the rows have %d".formatted(usage, what, rows));
        }
    }

    BigDecimal cost() {
        return cost.get();
    }

    private Object row(String id) throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            Object row = get("/admin/v1/requests/" + id);
            if (Json.at(row, "id") != null) {
                return row;
            }
            Thread.sleep(PAUSE_MS);
        }
        return null;
    }

    private Object get(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(gateway + path)).build();
        return Json.read(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
