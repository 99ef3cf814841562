package dev.signalbox.dialect.openai;

import static dev.signalbox.dialect.openai.Sample.DIALECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.Body;
import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Dialect.AnswerForm;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Json;
import dev.signalbox.dialect.Spoiled;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes in is understood or refused; nothing else is ever thrown. */
class FuzzTest {

    private static final List<String> ANSWERS = List.of(
            "{'id':'c','model':'m','choices':[{'index':0,'delta':{'role':'assistant','content':'h\u00e4\uD83D\uDE00','tool_calls':[{'index':1,'id':'x','function':{'name':'f','arguments':'{}'}}]},'finish_reason':'stop'}],'usage':{'prompt_tokens':1,'completion_tokens':2,'prompt_tokens_details':{'cached_tokens':1}}}",
            "{'id':'c','model':'m','choices':[{'index':0,'message':{'content':[{'text':'a'},{'thinking':[{'text':'b'}]}],'reasoning':'r','refusal':'no','function_call':{'name':'f','arguments':{}}},'finish_reason':'x'}],'usage':{'total_tokens':3}}",
            "{'error':{'message':'m','code':400,'type':'t','param':'p'},'detail':[{'loc':['a',1],'msg':'x'}]}");

    private static final List<String> REQUESTS = List.of(
            "{'model':'m','messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}},{'type':'file','file':{'file_data':'x','filename':'a.pdf'}},{'type':'input_audio','input_audio':{'data':'A','format':'wav'}}]},{'role':'assistant','content':null,'tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':''}}],'signalbox_thinking':[{'text':'t','signature':'s','origin':'o'}]},{'role':'tool','tool_call_id':'a','content':'x'}]}",
            "{'messages':[{'role':'system','content':'s','cache_control':{'type':'ephemeral'}}],'tools':[{'type':'function','function':{'name':'f','parameters':{},'strict':true}}],'tool_choice':{'type':'function','function':{'name':'f'}},'stop':['a'],'n':1,'seed':5,'temperature':0.5,'response_format':{'type':'json_schema','json_schema':{'name':'n','schema':{}}},'reasoning_effort':'low','stream_options':{'include_usage':true}}");

    @Property(tries = 4000)
    void anyAnswerIsReadOrBroken(@ForAll("spoiledAnswers") byte[] bytes) {
        for (AnswerDecoder decoder : List.of(DIALECT.decoder(), DIALECT.passing(true), DIALECT.passing(false))) {
            var events = new ArrayList<ChatEvent>();
            try {
                decoder.event(null, bytes, events::add);
                decoder.event(null, bytes, events::add);
                decoder.answer(bytes, events::add);
            } catch (BrokenAnswer e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
            write(events);
        }
    }

    @Property(tries = 2000)
    void anyErrorHasAMessage(@ForAll("spoiledAnswers") byte[] bytes) {
        assertThat(DIALECT.readError(503, bytes).message()).isNotBlank().hasSizeLessThan(5000);
        assertThat(DIALECT.readError(503, bytes).status()).isEqualTo(503);
        assertThat(DIALECT.readError(200, bytes).status()).isBetween(400, 599);
    }

    @Property(tries = 4000)
    void anyRequestIsUnderstoodOrInvalid(@ForAll("spoiledRequests") byte[] bytes) {
        try {
            Body body = Body.parse(bytes);
            assertThat(Json.bytes(
                            DIALECT.encode(DIALECT.decode(body), Sample.STREAM).body()))
                    .isNotEmpty();
            assertThat(DIALECT.forward(body, Sample.STREAM).body()).isNotEmpty();
        } catch (InvalidRequest e) {
            assertThat(e.message()).isNotEmpty();
        }
    }

    private static void write(List<ChatEvent> events) {
        var stream = DIALECT.encoder(new AnswerForm("i", 1, true, true));
        var plain = DIALECT.encoder(new AnswerForm("i", 1, false, true));
        events.forEach(stream::event);
        events.forEach(plain::gather);
        assertThat(stream.end(new byte[0])).isNotEmpty();
        assertThat(plain.plain()).isNotNull();
    }

    @Provide
    Arbitrary<byte[]> spoiledAnswers() {
        return Arbitraries.oneOf(
                Spoiled.of(ANSWERS, 2), Arbitraries.bytes().array(byte[].class).ofMaxSize(30));
    }

    @Provide
    Arbitrary<byte[]> spoiledRequests() {
        return Spoiled.of(REQUESTS, 2);
    }
}
