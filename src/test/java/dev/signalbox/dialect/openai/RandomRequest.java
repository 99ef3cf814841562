package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.json;
import static dev.signalbox.dialect.openai.Sample.tree;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Json;
import java.util.List;
import java.util.Random;

/** A request with some of everything that callers write, and some of what nobody knows. */
final class RandomRequest {

    private static final List<String> SETTINGS = List.of(
            "'max_tokens':5",
            "'max_completion_tokens':6",
            "'temperature':0.20",
            "'top_p':1.0",
            "'top_k':3",
            "'seed':7",
            "'frequency_penalty':-1",
            "'presence_penalty':1e-1",
            "'stop':'x'",
            "'stop':['a','b','c','d','e','f']",
            "'user':'u'",
            "'reasoning_effort':'minimal'",
            "'reasoning_effort':'odd'",
            "'n':2",
            "'store':false",
            "'store':true",
            "'logit_bias':{'5':1}",
            "'prediction':{'type':'content'}",
            "'unknown':[0.10,{'a':null}]",
            "'response_format':{'type':'json_object'}",
            "'response_format':{'type':'odd','x':1}",
            "'top_logprobs':null",
            "'response_format':{'type':'json_schema','json_schema':{'name':'n','strict':true,'schema':{'type':'object','$defs':{'a':{'const':1.50}}},'odd':1}}");

    private static final List<String> PARTS = List.of(
            "{'type':'text','text':'words'}",
            "{'type':'text','text':' ','odd':1}",
            "{'type':'text','text':'t','cache_control':{'type':'ephemeral','ttl':'1h'}}",
            "{'type':'image_url','image_url':{'url':'https://a/b','detail':'auto'}}",
            "{'type':'image_url','image_url':{'url':'data:image/png;base64,AAAA','odd':[1]},'cache_control':{'type':'ephemeral'}}",
            "{'type':'input_audio','input_audio':{'data':'AAAA','format':'mp3'}}",
            "{'type':'input_audio','input_audio':{'data':'AAAA','format':'flac'}}",
            "{'type':'file','file':{'filename':'a.pdf','file_data':'data:application/pdf;base64,AAAA'}}",
            "{'type':'file','file':{'file_id':'file-abc','odd':1}}",
            "{'type':'odd','odd':{'text':'x'}}");

    private static final List<String> TOOLS = List.of(
            "{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object','properties':{'type':{'const':1}}},'strict':false}}",
            "{'type':'function','function':{'name':'g'},'cache_control':{'type':'ephemeral'}}",
            "{'type':'function','function':{'name':'h','odd':{}},'odd':2}",
            "{'type':'custom','custom':{'name':'c'}}");

    private final Random random;
    private int ids;

    RandomRequest(Random random) {
        this.random = random;
    }

    ObjectNode make() {
        ObjectNode request = Json.object().put("model", "gpt");
        for (String setting : SETTINGS) {
            if (random.nextInt(6) == 0) {
                request.setAll((ObjectNode) tree(json("{" + setting + "}")));
            }
        }
        if (request.has("max_tokens")) {
            request.remove("max_completion_tokens");
        }
        ArrayNode messages = request.putArray("messages");
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            message(messages);
        }
        if (random.nextBoolean()) {
            ArrayNode tools = request.putArray("tools").add(tree(json(TOOLS.getFirst())));
            some(tools, TOOLS);
            request.set(
                    "tool_choice",
                    tree(json(pick(List.of(
                            "'auto'",
                            "'none'",
                            "'required'",
                            "{'type':'function','function':{'name':'f'}}",
                            "{'type':'allowed_tools','allowed_tools':{}}")))));
            request.put("parallel_tool_calls", random.nextBoolean());
        }
        return request;
    }

    private void message(ArrayNode messages) {
        ObjectNode message = messages.addObject();
        switch (random.nextInt(6)) {
            case 0 -> message.put("role", pick(List.of("system", "developer"))).put("content", "be good");
            case 1 ->
                message.put("role", "system")
                        .set("content", array("{'type':'text','text':'a'}", "{'type':'text','text':'b'}"));
            case 2 -> message.put("role", "user").put("content", pick(List.of("", "hello \uD83D\uDE00")));
            case 3 -> {
                ArrayNode content = message.put("role", "user").putArray("content");
                content.addObject().put("type", "text").put("text", "x");
                some(content, PARTS);
            }
            case 4 -> assistant(message);
            default ->
                message.put("role", "tool").put("tool_call_id", "c" + ids).put("content", "result");
        }
        if (random.nextInt(5) == 0) {
            message.put("name", "somebody");
        }
        if (random.nextInt(8) == 0) {
            messages.addObject().put("role", "function").put("name", "f").put("content", "old");
        }
    }

    private void assistant(ObjectNode message) {
        message.put("role", "assistant")
                .put("content", pick(List.of("", "answer")))
                .putNull("audio");
        if (random.nextInt(3) == 0) {
            message.put("refusal", "no");
        }
        if (random.nextInt(3) == 0) {
            message.put("reasoning_content", "hm");
        }
        if (random.nextInt(3) == 0) {
            message.set(
                    "signalbox_thinking",
                    array("{'text':'t','signature':'s','origin':'x'}", "{'data':'d','origin':'x'}"));
            message.remove("reasoning_content");
        }
        if (random.nextBoolean()) {
            ArrayNode calls = message.putArray("tool_calls");
            for (int i = random.nextInt(3); i >= 0; i--) {
                call(calls.addObject());
            }
        }
    }

    private void call(ObjectNode call) {
        call.put("id", "c" + ++ids);
        if (random.nextInt(4) == 0) {
            call.put("type", "custom").putObject("custom").put("name", "x").put("input", "y");
            return;
        }
        call.putObject("function").put("name", "f").put("arguments", pick(List.of("", "{}", "{\"a\":0.10}", "{oops")));
        if (random.nextInt(4) == 0) {
            call.putObject("extra_content").put("odd", 1);
        }
    }

    private void some(ArrayNode array, List<String> choices) {
        for (String choice : choices) {
            if (random.nextInt(3) == 0) {
                array.add(tree(json(choice)));
            }
        }
    }

    private static JsonNode array(String... elements) {
        return tree(json("[" + String.join(",", elements) + "]"));
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
