package dev.signalbox.dialect.responses;

import static dev.signalbox.dialect.responses.Sample.DIALECT;
import static dev.signalbox.dialect.responses.Sample.STREAM;
import static dev.signalbox.dialect.responses.Sample.form;
import static dev.signalbox.dialect.responses.Sample.read;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.FinishReason;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Prompt.Leftover;
import dev.signalbox.dialect.Spoiled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is written is read again; whatever comes in is understood or refused, and nothing else is ever thrown. */
class LawsTest {

    private static final List<String> REQUESTS = List.of(
            "{'model':'m','input':[{'role':'user','content':[{'type':'input_text','text':'a'},{'type':'input_image','image_url':'data:image/png;base64,AA=='},{'type':'input_file','file_data':'x','filename':'a.pdf'},{'type':'input_audio','input_audio':{'data':'A','format':'wav'}}]},{'type':'reasoning','id':'rs_sbx','summary':[{'type':'summary_text','text':'t'}],'content':[{'type':'reasoning_text','text':'t'}],'encrypted_content':'signalbox:mark:o:s'},{'type':'function_call','call_id':'c','name':'f','arguments':'{}'},{'type':'function_call_output','call_id':'c','output':[{'type':'input_text','text':'x'}]},{'type':'item_reference','id':'x'}],'instructions':'i','previous_response_id':'p'}",
            "{'model':'gpt-5','input':'x','tools':[{'type':'function','name':'f','parameters':{},'strict':true},{'type':'web_search'}],'tool_choice':{'type':'allowed_tools','mode':'auto','tools':[{'type':'function','name':'f'}]},'max_output_tokens':4,'temperature':0.5,'text':{'format':{'type':'json_schema','name':'n','schema':{}},'verbosity':'low'},'reasoning':{'effort':'low','summary':'auto'},'include':['a'],'store':true,'metadata':{'a':'b'},'user':'u','safety_identifier':'v','stream_options':{'include_obfuscation':true},'truncation':'auto','max_tool_calls':1}");

    private static final List<String> ANSWERS = List.of(
            "{'type':'response.completed','response':{'id':'r','model':'m','status':'completed','output':[{'type':'message','content':[{'type':'output_text','text':'a'}]}],'usage':{'input_tokens':1,'output_tokens':2,'input_tokens_details':{'cached_tokens':1}},'incomplete_details':{'reason':'max_output_tokens'}}}",
            "{'type':'response.output_item.done','output_index':0,'item':{'type':'reasoning','summary':[{'text':'x'}],'encrypted_content':'e'}}",
            "{'type':'response.output_item.added','output_index':0,'item':{'type':'function_call','call_id':'c','name':'f','arguments':'{'}}",
            "{'type':'response.output_text.delta','output_index':0,'delta':'a'}",
            "{'type':'response.created','response':{'id':'r','model':'m','output':[],'previous_response_id':null}}",
            "{'type':'response.failed','response':{'error':{'code':'c','message':'m'}}}",
            "{'id':'r','model':'m','status':'incomplete','output':[{'type':'function_call','call_id':'c','name':'f','arguments':'{}'},{'type':'reasoning','content':[{'text':'x'}]}],'error':null,'usage':{'input_tokens':1}}");

    /** One answer in events: what is written of it, streamed or plain, says the same when it is read. */
    @Property(tries = 1500)
    void whatIsWrittenIsReadAgain(@ForAll("answers") List<ChatEvent> answer) {
        var stream = DIALECT.encoder(form(true, "{'model':'m'}"));
        var plain = DIALECT.encoder(form(false, "{'model':'m'}"));
        var out = new ByteArrayOutputStream();
        answer.forEach(event -> out.writeBytes(stream.event(event)));
        answer.forEach(plain::gather);
        out.writeBytes(stream.end(new byte[0]));

        List<String> said = said(answer);
        assertThat(said(read(DIALECT.decoder(), List.of(out.toByteArray())))).isEqualTo(said);
        assertThat(said(Dialect.read(DIALECT.decoder(), plain.plain()))).isEqualTo(said);
    }

    @Property(tries = 2000)
    void leftoversStandWhereTheyStood(@ForAll("otherRequests") byte[] bytes) {
        try {
            Body body = Body.parse(bytes);
            for (Leftover left : DIALECT.decode(body).leftovers()) {
                assertThat(at(body.tree(), left.path())).as(left.path()).isEqualTo(left.value());
            }
        } catch (InvalidRequest e) {
            assertThat(e.message()).isNotEmpty();
        }
    }

    @Property(tries = 3000)
    void anyRequestIsUnderstoodOrInvalid(@ForAll("spoiledRequests") byte[] bytes) {
        try {
            Body body = Body.parse(bytes);
            assertThat(DIALECT.encode(DIALECT.decode(body), STREAM).body()).isNotNull();
            assertThat(DIALECT.forward(body, STREAM).body()).isNotEmpty();
            assertThat(DIALECT.forward(body, STREAM).unsaid()).isNotNull();
            var writer = DIALECT.encoder(new Dialect.AnswerForm("i", 1, false, true, body));
            writer.gather(new ChatEvent.Text("a"));
            assertThat(writer.plain()).isNotEmpty();
        } catch (InvalidRequest e) {
            assertThat(e.message()).isNotEmpty();
        }
    }

    @Property(tries = 3000)
    void anyAnswerIsReadOrBroken(@ForAll("spoiledAnswers") byte[] bytes) {
        for (AnswerDecoder decoder : List.of(DIALECT.decoder(), DIALECT.passing(true))) {
            var events = new ArrayList<ChatEvent>();
            try {
                decoder.event(null, bytes, events::add);
                decoder.event("response.created", bytes, events::add);
                decoder.answer(bytes, events::add);
            } catch (BrokenAnswer e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
            var stream = DIALECT.encoder(form(true, "{'previous_response_id':'p'}"));
            var plain = DIALECT.encoder(form(false, "{'previous_response_id':'p'}"));
            events.forEach(stream::event);
            events.forEach(plain::gather);
            stream.kept();
            assertThat(stream.end(new byte[0])).isNotNull();
            assertThat(plain.plain()).isNotNull();
        }
    }

    @Property(tries = 1000)
    void anyErrorHasAMessage(@ForAll("spoiledAnswers") byte[] bytes) {
        assertThat(DIALECT.readError(503, bytes).message()).isNotBlank().hasSizeLessThan(5000);
        assertThat(DIALECT.readError(503, bytes).status()).isEqualTo(503);
        assertThat(DIALECT.readError(200, bytes).status()).isBetween(400, 599);
    }

    private static JsonNode at(JsonNode root, String path) {
        return root.at("/" + path.replace("[", "/").replace("]", "").replace(".", "/"));
    }

    /** Events in a form in which it does not matter how deltas were cut. */
    private static List<String> said(List<ChatEvent> events) {
        var said = new ArrayList<String>();
        var arguments = new java.util.TreeMap<Integer, String>();
        for (ChatEvent event : events) {
            switch (event) {
                case ChatEvent.Text(var delta) -> append(said, "text:", delta);
                case ChatEvent.Refusal(var delta) -> append(said, "refusal:", delta);
                case ChatEvent.Thinking(var delta) -> append(said, "thinking:", delta);
                case ChatEvent.ThinkingSealed sealed -> said.add(sealed.toString());
                case ChatEvent.SealedThinking sealed -> said.add(sealed.toString());
                case ChatEvent.ToolCallStarted call -> {
                    said.add(call.toString());
                    arguments.put(call.index(), "");
                }
                case ChatEvent.ToolCallArguments(var index, var delta) -> arguments.merge(index, delta, String::concat);
                case ChatEvent.Finished finished -> said.add(finished.toString());
                default -> {}
            }
        }
        arguments.replaceAll((_, text) -> text.isEmpty() ? "{}" : text);
        said.add(arguments.toString());
        return said;
    }

    private static void append(List<String> said, String kind, String delta) {
        if (!said.isEmpty() && said.getLast().startsWith(kind)) {
            said.set(said.size() - 1, said.getLast() + delta);
        } else if (!delta.isEmpty()) {
            said.add(kind + delta);
        }
    }

    @Provide
    Arbitrary<List<ChatEvent>> answers() {
        return Arbitraries.randomValue(LawsTest::answer);
    }

    private static List<ChatEvent> answer(Random random) {
        var events = new ArrayList<ChatEvent>();
        events.add(new ChatEvent.Started(null, "up"));
        int calls = 0;
        for (int i = random.nextInt(6); i > 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    events.add(new ChatEvent.Thinking("th\u00e4"));
                    events.add(new ChatEvent.Thinking("t\n\"" + i));
                    events.add(new ChatEvent.ThinkingSealed("s" + i, random.nextBoolean() ? "other" : "responses"));
                }
                case 1 -> events.add(new ChatEvent.SealedThinking("d:" + i, "other"));
                case 2 -> {
                    events.add(new ChatEvent.ToolCallStarted(calls, "call_" + calls, "f"));
                    if (random.nextBoolean()) {
                        events.add(new ChatEvent.ToolCallArguments(calls, "{\"a\":"));
                        events.add(new ChatEvent.ToolCallArguments(calls, i + "}"));
                    }
                    calls++;
                }
                default -> events.add(new ChatEvent.Text("w\uD83D\uDE00\r\n" + i));
            }
        }
        events.add(new ChatEvent.Finished(
                calls > 0 ? FinishReason.TOOL_CALLS : random.nextBoolean() ? FinishReason.STOP : FinishReason.LENGTH,
                null));
        return events;
    }

    /** With their own names. */
    @Provide
    Arbitrary<byte[]> otherRequests() {
        return Spoiled.of(REQUESTS, 0);
    }

    @Provide
    Arbitrary<byte[]> spoiledRequests() {
        return Spoiled.of(REQUESTS, 2);
    }

    @Provide
    Arbitrary<byte[]> spoiledAnswers() {
        return Arbitraries.oneOf(
                Spoiled.of(ANSWERS, 2), Arbitraries.bytes().array(byte[].class).ofMaxSize(30));
    }
}
