package dev.signalbox.dialect;

import static dev.signalbox.dialect.Reading.plain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.Dialect.AnswerDecoder;
import dev.signalbox.chat.Price;
import dev.signalbox.chat.Tariff;
import dev.signalbox.chat.Usage;
import dev.signalbox.dialect.anthropic.AnthropicDialect;
import dev.signalbox.dialect.bedrock.BedrockDialect;
import dev.signalbox.dialect.cohere.CohereDialect;
import dev.signalbox.dialect.gemini.GeminiDialect;
import dev.signalbox.dialect.ollama.OllamaDialect;
import dev.signalbox.dialect.openai.OpenAiDialect;
import dev.signalbox.dialect.responses.ResponsesDialect;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an answer costs, from the vendor's own words about it: each case is worked out by hand. */
class VendorCostTest {

    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    private static String cost(AnswerDecoder decoder, String answer, Tariff tariff) {
        Usage usage = null;
        for (ChatEvent event : plain(decoder, answer)) {
            switch (event) {
                case ChatEvent.Used(Usage used) -> usage = used;
                case ChatEvent.Wire wire -> usage = wire.usage() == null ? usage : wire.usage();
                default -> {}
            }
        }
        assertThat(usage).isNotNull();
        return tariff.at(NOON, usage.prompt()).of(usage).toString();
    }

    private static Tariff price(String input, String output, @Nullable String cached, @Nullable String write) {
        return price(input, output, cached, write, null, null);
    }

    private static Tariff price(
            String input,
            String output,
            @Nullable String cached,
            @Nullable String write,
            @Nullable String hour,
            @Nullable String thought) {
        return Tariff.of(new Price(
                new BigDecimal(input),
                new BigDecimal(output),
                cached == null ? null : new BigDecimal(cached),
                write == null ? null : new BigDecimal(write),
                hour == null ? null : new BigDecimal(hour),
                thought == null ? null : new BigDecimal(thought)));
    }

    /** Cached tokens are counted inside the prompt, and thoughts inside the answer. */
    @Test
    void openai() {
        String answer = """
            {'id':'c','object':'chat.completion','model':'m','choices':[{'index':0,'finish_reason':'stop',
            'message':{'role':'assistant','content':'hi'}}],'usage':{'prompt_tokens':2006,'completion_tokens':300,
            'total_tokens':2306,'prompt_tokens_details':{'cached_tokens':1920},
            'completion_tokens_details':{'reasoning_tokens':192}}}\
            """;

        // 86 x 2.50 + 1,920 x 1.25 + 300 x 10 dollars per million
        for (AnswerDecoder decoder :
                new AnswerDecoder[] {new OpenAiDialect().decoder(), new OpenAiDialect().passing(true)}) {
            assertThat(cost(decoder, answer, price("2.50", "10", "1.25", null))).isEqualTo("0.005615");
        }
        // the same with thoughts at 4: 86 x 2.50 + 1,920 x 1.25 + 108 x 10 + 192 x 4
        assertThat(cost(new OpenAiDialect().decoder(), answer, price("2.50", "10", "1.25", null, null, "4")))
                .isEqualTo("0.004463");
    }

    @Test
    void responses() {
        String answer = """
            {'id':'resp_1','object':'response','status':'completed','model':'m','output':[{'type':'message','id':'msg_1',
            'role':'assistant','status':'completed','content':[{'type':'output_text','text':'hi','annotations':[]}]}],
            'usage':{'input_tokens':328,'input_tokens_details':{'cached_tokens':128},'output_tokens':52,
            'output_tokens_details':{'reasoning_tokens':40},'total_tokens':380}}\
            """;

        // 200 x 1.25 + 128 x 0.125 + 52 x 10 dollars per million
        for (AnswerDecoder decoder :
                new AnswerDecoder[] {new ResponsesDialect().decoder(), new ResponsesDialect().passing(true)}) {
            assertThat(cost(decoder, answer, price("1.25", "10", "0.125", null)))
                    .isEqualTo("0.000786");
        }
    }

    /** Read and written tokens stand beside the input; of the written some are kept for five minutes, some for an hour. */
    @Test
    void anthropic() {
        String answer = """
            {'id':'msg_1','type':'message','role':'assistant','model':'m','content':[{'type':'text','text':'hi'}],
            'stop_reason':'end_turn','stop_sequence':null,'usage':{'input_tokens':2048,'cache_read_input_tokens':1800,
            'cache_creation_input_tokens':248,'cache_creation':{'ephemeral_5m_input_tokens':148,
            'ephemeral_1h_input_tokens':100},'output_tokens':503}}\
            """;

        // 2,048 x 3 + 1,800 x 0.3 + 148 x 3.75 + 100 x 6 + 503 x 15 dollars per million
        for (AnswerDecoder decoder :
                new AnswerDecoder[] {new AnthropicDialect().decoder(), new AnthropicDialect().passing(true)}) {
            assertThat(cost(decoder, answer, price("3", "15", "0.3", "3.75", "6", null)))
                    .isEqualTo("0.015384");
        }
    }

    /** Cached tokens are counted inside the prompt, thoughts beside the candidates, results of its own tools beside both. */
    @Test
    void gemini() {
        String answer = """
            {'candidates':[{'content':{'role':'model','parts':[{'text':'hi'}]},'finishReason':'STOP','index':0}],
            'usageMetadata':{'promptTokenCount':1145,'cachedContentTokenCount':1000,'candidatesTokenCount':9,
            'thoughtsTokenCount':30,'totalTokenCount':1184},'modelVersion':'m','responseId':'r'}\
            """;

        // 145 x 0.30 + 1,000 x 0.075 + 39 x 2.50 dollars per million
        for (AnswerDecoder decoder :
                new AnswerDecoder[] {new GeminiDialect().decoder(), new GeminiDialect().passing(true)}) {
            assertThat(cost(decoder, answer, price("0.30", "2.50", "0.075", null)))
                    .isEqualTo("0.000216");
        }
    }

    @Test
    void bedrock() {
        String answer = """
            {'output':{'message':{'role':'assistant','content':[{'text':'hi'}]}},'stopReason':'end_turn',
            'usage':{'inputTokens':11,'outputTokens':9,'totalTokens':140,'cacheReadInputTokens':100,
            'cacheWriteInputTokens':20},'metrics':{'latencyMs':5}}\
            """;

        // 11 x 3 + 100 x 0.3 + 20 x 3.75 + 9 x 15 dollars per million
        assertThat(cost(new BedrockDialect().decoder(), answer, price("3", "15", "0.3", "3.75")))
                .isEqualTo("0.000273");
    }

    /** What the model saw counts, the vendor's own words around it included. */
    @Test
    void cohere() {
        String answer = """
            {'id':'r1','finish_reason':'COMPLETE','message':{'role':'assistant','content':[{'type':'text','text':'hi'}]},
            'usage':{'billed_units':{'input_tokens':5,'output_tokens':2},
            'tokens':{'input_tokens':71,'output_tokens':2},'cached_tokens':16}}\
            """;

        // 5 x 2.50 + 2 x 10 dollars per million: the other 66 tokens are the vendor's own words in front of the prompt
        assertThat(cost(new CohereDialect().decoder(), answer, price("2.50", "10", null, null)))
                .isEqualTo("0.0000325");
    }

    @Test
    void ollama() {
        String answer = """
            {'model':'m','created_at':'2026-01-01T00:00:00Z','message':{'role':'assistant','content':'hi'},'done':true,
            'done_reason':'stop','prompt_eval_count':26,'eval_count':298}\
            """;

        // 26 x 0.05 + 298 x 0.10 dollars per million
        assertThat(cost(new OllamaDialect().decoder(), answer, price("0.05", "0.10", null, null)))
                .isEqualTo("0.0000311");
    }
}
