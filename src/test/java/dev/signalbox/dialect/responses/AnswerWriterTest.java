package dev.signalbox.dialect.responses;

import static dev.signalbox.dialect.responses.Sample.DIALECT;
import static dev.signalbox.dialect.responses.Sample.events;
import static dev.signalbox.dialect.responses.Sample.form;
import static dev.signalbox.dialect.responses.Sample.tree;
import static dev.signalbox.dialect.responses.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.Json;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.chat.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnswerWriterTest {

    private static final String REQUEST =
            "{'model':'m','input':'hi','temperature':0.20,'tools':[{'type':'function','name':'f'}],"
                    + "'metadata':{'k':'v'},'previous_response_id':'resp_0'}";

    private static final List<ChatEvent> EVERYTHING = List.of(
            new ChatEvent.Started("x", "up"),
            new ChatEvent.Thinking("h"),
            new ChatEvent.Thinking("m"),
            new ChatEvent.ThinkingSealed("sig", "other"),
            new ChatEvent.Text("It's "),
            new ChatEvent.Text("ok"),
            new ChatEvent.ToolCallStarted(0, "call_1", "f"),
            new ChatEvent.ToolCallArguments(0, "{\"a\":"),
            new ChatEvent.ToolCallArguments(0, "1}"),
            new ChatEvent.SealedThinking("call_2 sealed", "other"),
            new ChatEvent.ToolCallStarted(1, "call_2", "g"),
            new ChatEvent.Finished(FinishReason.TOOL_CALLS, null),
            new ChatEvent.Used(new Usage(5, 2, 1, 4, 3)));

    private static final String OUTPUT = """
            [{'id':'rs_sbx1a0','type':'reasoning','summary':[{'type':'summary_text','text':'hm'}],
              'encrypted_content':'signalbox:mark:other:sig'},
             {'id':'msg_sbx1a1','type':'message','status':'completed','role':'assistant','content':[
              {'type':'output_text','text':'It~s ok','annotations':[],'logprobs':[]}]},
             {'id':'fc_sbx1a2','type':'function_call','status':'completed','arguments':'{\\"a\\":1}','call_id':'call_1','name':'f'},
             {'id':'rs_sbx1a3','type':'reasoning','summary':[],'encrypted_content':'signalbox:whole:other:call_2 sealed'},
             {'id':'fc_sbx1a4','type':'function_call','status':'completed','arguments':'{}','call_id':'call_2','name':'g'}]""";

    @Test
    void aPlainAnswerRepeatsWhatWasAsked() {
        JsonNode response = plain(EVERYTHING);

        assertThat(response).isEqualTo(tree("""
                {'id':'resp_1a','object':'response','created_at':1700000000,'status':'completed','background':false,
                 'error':null,'incomplete_details':null,'instructions':null,'max_output_tokens':null,'max_tool_calls':null,
                 'model':'up','output':%s,'parallel_tool_calls':true,'previous_response_id':'resp_0','prompt_cache_key':null,
                 'reasoning':{'effort':null,'summary':null},'safety_identifier':null,'service_tier':'default','store':true,
                 'temperature':0.20,'text':{'format':{'type':'text'},'verbosity':'medium'},'tool_choice':'auto',
                 'tools':[{'description':null,'parameters':null,'strict':null,'type':'function','name':'f'}],
                 'top_logprobs':0,'top_p':1.0,'truncation':'disabled',
                 'usage':{'input_tokens':8,'input_tokens_details':{'cached_tokens':2,'cache_write_tokens':1},
                  'output_tokens':7,'output_tokens_details':{'reasoning_tokens':3},'total_tokens':15},
                 'user':null,'metadata':{'k':'v'}}""".formatted(OUTPUT).replace("~", "\\u0027")));
    }

    @Test
    void aStreamHasTheVendorsEvents() {
        String stream = stream(EVERYTHING);
        List<JsonNode> events = events(stream);

        assertThat(events)
                .extracting(event -> event.path("type").asText())
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.reasoning_summary_part.added",
                        "response.reasoning_summary_text.delta",
                        "response.reasoning_summary_text.delta",
                        "response.reasoning_summary_text.done",
                        "response.reasoning_summary_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.completed");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).path("sequence_number").asInt()).isEqualTo(i);
        }
        assertThat(events.getLast().path("response")).isEqualTo(plain(EVERYTHING));
        assertThat(events.get(11)).isEqualTo(tree("""
                {'type':'response.output_text.delta','sequence_number':11,'item_id':'msg_sbx1a1','output_index':1,
                 'content_index':0,'delta':'It\\u0027s ','logprobs':[]}"""));
        assertThat(events.get(19)).isEqualTo(tree("""
                {'type':'response.function_call_arguments.done','sequence_number':19,'item_id':'fc_sbx1a2','output_index':2,
                 'arguments':'{\\"a\\":1}','name':'f'}"""));
        assertThat(stream).startsWith("event: response.created\ndata: {").endsWith("}\n\n: facts\n\n");
    }

    /** What the deltas say and what stands in the end are the same. */
    @Test
    void theItemsOfAStreamAreThoseOfItsEnd() {
        List<JsonNode> events = events(stream(EVERYTHING));
        var items = Json.mapper().createArrayNode();
        events.stream()
                .filter(event -> event.path("type").asText().equals("response.output_item.done"))
                .forEach(event -> {
                    assertThat(event.path("output_index").asInt()).isEqualTo(items.size());
                    items.add(event.path("item"));
                });

        assertThat(items).isEqualTo(events.getLast().at("/response/output"));
    }

    @Test
    void callsThatComeInTurnsAreKeptApart() {
        List<JsonNode> events = events(stream(List.of(
                new ChatEvent.Started("x", "up"),
                new ChatEvent.ToolCallStarted(0, "a", "f"),
                new ChatEvent.ToolCallArguments(0, "{\"x\""),
                new ChatEvent.ToolCallStarted(1, "b", "f"),
                new ChatEvent.ToolCallArguments(1, "{\"y\""),
                new ChatEvent.ToolCallArguments(0, ":1}"),
                new ChatEvent.ToolCallArguments(1, ":2}"),
                new ChatEvent.Finished(FinishReason.TOOL_CALLS, null))));

        JsonNode output = events.getLast().at("/response/output");
        assertThat(output.at("/0/arguments").asText()).isEqualTo("{\"x\":1}");
        assertThat(output.at("/1/arguments").asText()).isEqualTo("{\"y\":2}");
        assertThat(output.at("/0/status").asText()).isEqualTo("completed");
    }

    @Test
    void aRefusalIsAPartOfItsOwn() {
        List<ChatEvent> refusal = List.of(
                new ChatEvent.Started("x", "up"),
                new ChatEvent.Refusal("I "),
                new ChatEvent.Refusal("won't"),
                new ChatEvent.Finished(FinishReason.REFUSAL, null));

        assertThat(events(stream(refusal)))
                .extracting(event -> event.path("type").asText())
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.refusal.delta",
                        "response.refusal.delta",
                        "response.refusal.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(plain(refusal).at("/output/0/content/0/refusal").asText()).isEqualTo("I won't");
    }

    @Test
    void whatIsCutIsIncomplete() {
        List<ChatEvent> cut = List.of(
                new ChatEvent.Started("x", "up"),
                new ChatEvent.Text("a"),
                new ChatEvent.Finished(FinishReason.LENGTH, null));
        JsonNode response = plain(cut);

        assertThat(response.path("status").asText()).isEqualTo("incomplete");
        assertThat(response.at("/incomplete_details/reason").asText()).isEqualTo("max_output_tokens");
        assertThat(response.at("/output/0/status").asText()).isEqualTo("incomplete");
        JsonNode last = events(stream(cut)).getLast();
        assertThat(last.path("type").asText()).isEqualTo("response.incomplete");
        assertThat(last.path("response")).isEqualTo(response);
    }

    @Test
    void whatBreaksFails() {
        var failure = new SignalboxException(502, "stream_broken", "gone", null);
        var writer = DIALECT.encoder(form(true, REQUEST));
        writer.event(new ChatEvent.Started("x", "up"));
        writer.event(new ChatEvent.Text("a"));
        JsonNode failed = events(new String(writer.broken(failure, utf8(": facts\n\n")), StandardCharsets.UTF_8))
                .getLast();

        assertThat(failed.path("type").asText()).isEqualTo("response.failed");
        assertThat(failed.at("/response/status").asText()).isEqualTo("failed");
        assertThat(failed.at("/response/error")).isEqualTo(tree("{'code':'stream_broken','message':'gone'}"));
        assertThat(failed.at("/response/output/0/status").asText()).isEqualTo("incomplete");
        JsonNode early = events(new String(
                        DIALECT.encoder(form(true, REQUEST)).broken(failure, new byte[0]), StandardCharsets.UTF_8))
                .getLast();
        assertThat(early)
                .isEqualTo(tree(
                        "{'type':'error','sequence_number':0,'code':'stream_broken','message':'gone','param':null}"));
    }

    /** A caller who only echoes the items gives everything back. */
    @Test
    void whatIsEchoedIsUnderstood() {
        ObjectNode request = Json.object().put("model", "m");
        request.set("input", plain(EVERYTHING).path("output"));
        Prompt prompt = DIALECT.decode(Body.parse(Json.bytes(request)));

        assertThat(prompt.leftovers()).isEmpty();
        assertThat(prompt.messages().getFirst().parts())
                .containsExactly(
                        new Part.Thinking("hm", "sig", "other", "input[0]"),
                        new Part.Text("It's ok", null, "input[1].content[0]"),
                        new Part.ToolCall("call_1", "f", "{\"a\":1}", null, "input[2]"),
                        new Part.SealedThinking("call_2 sealed", "other", "input[3]"),
                        new Part.ToolCall("call_2", "g", "{}", null, "input[4]"));
    }

    @Test
    void whatIsKeptIsWhatIsShown() {
        var writer = DIALECT.encoder(form(false, REQUEST));
        EVERYTHING.forEach(writer::gather);
        ObjectNode kept = writer.kept();

        assertThat(new String(writer.plain(), StandardCharsets.UTF_8)).isEqualTo(Json.text(kept));
    }

    private static JsonNode plain(List<ChatEvent> events) {
        var writer = DIALECT.encoder(form(false, REQUEST));
        events.forEach(writer::gather);
        return tree(new String(writer.plain(), StandardCharsets.UTF_8).replace("'", "\\u0027"));
    }

    private static String stream(List<ChatEvent> events) {
        var writer = DIALECT.encoder(form(true, REQUEST));
        var out = new ByteArrayOutputStream();
        Stream.of(events).flatMap(List::stream).map(writer::event).forEach(out::writeBytes);
        out.writeBytes(writer.end(utf8(": facts\n\n")));
        return out.toString(StandardCharsets.UTF_8);
    }
}
