package dev.signalbox.dialect.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which family a model's id belongs to, by what its models are told. */
class FamiliesTest {

    private static final Families FAMILIES = new Families();

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-instant-v1,NONE,false,true",
        "anthropic.claude-3-5-sonnet-20241022-v2:0,NONE,false,true",
        "us.anthropic.claude-3-7-sonnet-20250219-v1:0,BUDGET,false,true",
        "anthropic.claude-opus-4-20250514-v1:0,BUDGET,false,true",
        "anthropic.claude-opus-4-1-20250805-v1:0,BUDGET,false,true",
        "global.anthropic.claude-haiku-4-5-20251001-v1:0,BUDGET,true,true",
        "anthropic.claude-opus-4-6-v1,EFFORT_OR_BUDGET,true,false",
        "anthropic.claude-opus-4-7,EFFORT,true,false",
        "us.anthropic.claude-opus-5,EFFORT,true,false",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-7-sonnet-20250219-v1:0,BUDGET,false,true",
        "amazon.nova-micro-v1:0,NONE,false,true",
        "us.amazon.nova-2-lite-v1:0,CONFIG,false,true",
        "openai.gpt-oss-20b-1:0,LEVEL,true,false",
        "us.deepseek.r1-v1:0,NONE,false,false",
        "deepseek.v3-v1:0,NONE,true,false",
        "mistral.mistral-large-2402-v1:0,NONE,false,false",
        "mistral.mistral-large-3-675b-instruct,NONE,true,false",
        "qwen.qwen3-32b-v1:0,NONE,true,false",
        "us.meta.llama3-3-70b-instruct-v1:0,NONE,false,false",
        "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc,NONE,false,true",
    })
    void everyModelHasAFamily(String model, Family.Thinking thinking, boolean schemas, boolean prefill) {
        Family family = FAMILIES.of(model);

        assertThat(family.thinking()).isEqualTo(thinking);
        assertThat(family.schemas()).isEqualTo(schemas);
        assertThat(family.prefill()).isEqualTo(prefill);
    }
}
