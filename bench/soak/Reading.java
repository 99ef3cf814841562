import java.util.HashSet;
import java.util.Set;

/** What an answer says, piece by piece, and whether it is one answer: one id, one beginning, one end. */
final class Reading {

    private final Story story;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> ids = new HashSet<>();
    private String problem;
    private int finishes;
    private int usages;
    private int openBlock = -1;
    private int blocks;
    private boolean begun;
    private boolean ended;
    private long input = -1;
    private long output = -1;

    Reading(Story story) {
        this.story = story;
    }

    /** The first one is the one that is told. */
    void problem(String what) {
        if (problem == null) {
            problem = what.length() > 400 ? what.substring(0, 400) : what;
        }
    }

    /** A plain answer in OpenAI's words. */
    void completion(Object answer) {
        text.append(Json.text(answer, "choices", 0, "message", "content"));
        ids.add(Json.text(answer, "id"));
        finish(Json.text(answer, "choices", 0, "finish_reason"), "stop");
        usage(Json.number(answer, "usage", "prompt_tokens"), Json.number(answer, "usage", "completion_tokens"));
        ended = true;
    }

    /** A plain answer in Anthropic's words. */
    void message(Object answer) {
        for (Object block : Json.list(answer, "content")) {
            text.append(Json.text(block, "text"));
        }
        ids.add(Json.text(answer, "id"));
        finish(Json.text(answer, "stop_reason"), "end_turn");
        usage(Json.number(answer, "usage", "input_tokens"), Json.number(answer, "usage", "output_tokens"));
        ended = true;
    }

    /** A block of a stream in OpenAI's words. */
    void openAi(String block) {
        if (block.startsWith(":")) {
            return;
        }
        live(block);
        String data = block.substring(block.indexOf("data: ") + "data: ".length()).strip();
        if (data.equals("[DONE]")) {
            ended = true;
            return;
        }
        Object chunk = Json.read(data);
        if (Json.at(chunk, "error") != null) {
            problem("an error in the stream: " + data);
        }
        ids.add(Json.text(chunk, "id"));
        text.append(Json.text(chunk, "choices", 0, "delta", "content"));
        if (Json.at(chunk, "choices", 0, "finish_reason") != null) {
            finish(Json.text(chunk, "choices", 0, "finish_reason"), "stop");
        }
        if (Json.at(chunk, "usage") != null) {
            usage(Json.number(chunk, "usage", "prompt_tokens"), Json.number(chunk, "usage", "completion_tokens"));
        }
    }

    /** A block of a stream in Anthropic's words. */
    void anthropic(String block) {
        if (block.startsWith(":")) {
            return;
        }
        live(block);
        Object event = Json.read(block.substring(block.indexOf("data: ") + "data: ".length()).strip());
        switch (Json.text(event, "type")) {
            case "message_start" -> {
                if (begun) {
                    problem("a second message_start");
                }
                begun = true;
                ids.add(Json.text(event, "message", "id"));
                input = Json.number(event, "message", "usage", "input_tokens");
            }
            case "content_block_start" -> {
                if (openBlock >= 0 || Json.number(event, "index") != blocks) {
                    problem("a content block that begins out of turn: " + block);
                }
                openBlock = blocks;
            }
            case "content_block_delta" -> {
                if (Json.number(event, "index") != openBlock) {
                    problem("a delta of a block that is not open: " + block);
                }
                text.append(Json.text(event, "delta", "text"));
            }
            case "content_block_stop" -> {
                if (Json.number(event, "index") != openBlock) {
                    problem("the end of a block that is not open: " + block);
                }
                openBlock = -1;
                blocks++;
            }
            case "message_delta" -> {
                finish(Json.text(event, "delta", "stop_reason"), "end_turn");
                long told = Json.number(event, "usage", "input_tokens");
                usage(told < 0 ? input : told, Json.number(event, "usage", "output_tokens"));
            }
            case "message_stop" -> ended = true;
            case "ping" -> {}
            default -> problem("an event that nobody expects: " + block);
        }
    }

    /** Everything was read. */
    Caller.Answer end(String id) {
        String difference = story.difference(text.toString());
        if (difference != null) {
            problem("another text: " + difference);
        }
        if (!ended) {
            problem("no end mark");
        }
        if (finishes != 1 || usages != 1) {
            problem(finishes + " finishes and " + usages + " usages");
        }
        ids.remove("");
        if (ids.size() != 1) {
            problem("the ids " + ids);
        }
        if (openBlock >= 0) {
            problem("a block that stays open");
        }
        return new Caller.Answer(id, problem, input, output);
    }

    private void live(String block) {
        if (ended) {
            problem("something after the end: " + block);
        }
        if (block.endsWith("(cut)")) {
            problem("a cut: " + block);
        }
    }

    private void finish(String reason, String wanted) {
        finishes++;
        if (!reason.equals(wanted)) {
            problem("finished because of '" + reason + "'");
        }
    }

    private void usage(long prompt, long tokens) {
        usages++;
        input = prompt;
        output = tokens;
    }
}
