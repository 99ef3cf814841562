// Every client, in every dialect, with every kind of provider behind the gateway: plain, streamed, a tool's round trip, errors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { GoogleGenAI } from '@google/genai';
import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { caught, gateway, openai, user, weather } from './support/clients.mjs';
import { others, vendors } from './support/kinds.mjs';

const root = gateway.slice(0, -'/v1'.length);
const kinds = [...vendors, ...others];
const HELLO = 'Say hello';
const CALL = 'call get_weather for Paris';
const SAID = 'It is 18 °C in Paris.';
const RESULT = '{"celsius":18}';
const schema = weather.function.parameters;
const calls = (name, args) => assert.deepEqual([name, args.city], ['get_weather', 'Paris']);

// Each client says the same four things in its own way: hello() and stream() give the words and the tokens in and out,
// call() a tool's round trip, fault() what it throws.
const clients = {
  'openai, chat': {
    async hello(model) {
      const answer = await openai().chat.completions.create({ model, max_tokens: 500, messages: [user(HELLO)] });
      assert.equal(answer.choices[0].finish_reason, 'stop');
      return [answer.choices[0].message.content, answer.usage?.prompt_tokens, answer.usage?.completion_tokens];
    },
    async stream(model) {
      const stream = openai().chat.completions.stream({
        model, max_tokens: 500, messages: [user(HELLO)], stream_options: { include_usage: true },
      });
      const answer = await stream.finalChatCompletion();
      return [answer.choices[0].message.content, answer.usage?.prompt_tokens, answer.usage?.completion_tokens];
    },
    async call(model) {
      const messages = [user(CALL)];
      const ask = () => openai().chat.completions.create({ model, max_tokens: 500, tools: [weather], messages });
      const first = (await ask()).choices[0];
      assert.equal(first.finish_reason, 'tool_calls');
      const [call] = first.message.tool_calls;
      calls(call.function.name, JSON.parse(call.function.arguments));
      messages.push(first.message, { role: 'tool', tool_call_id: call.id, content: RESULT });
      return (await ask()).choices[0].message.content;
    },
    async fault(model, words) {
      const e = await caught(openai().chat.completions.create({ model, max_tokens: 500, messages: [user(words)] }));
      return [e.status, e.constructor.name];
    },
    faults: ['BadRequestError', 'InternalServerError'],
  },
  'openai, responses': {
    async hello(model) {
      const answer = await openai().responses.create({ model, max_output_tokens: 500, input: HELLO });
      assert.equal(answer.status, 'completed');
      return [answer.output_text, answer.usage.input_tokens, answer.usage.output_tokens];
    },
    async stream(model) {
      const stream = openai().responses.stream({ model, max_output_tokens: 500, input: HELLO });
      let text = '';
      stream.on('response.output_text.delta', ({ delta }) => { text += delta; });
      const answer = await stream.finalResponse();
      assert.equal(text, answer.output_text);
      return [text, answer.usage?.input_tokens, answer.usage?.output_tokens];
    },
    async call(model) {
      const tools = [{ type: 'function', strict: false, ...weather.function }];
      const first = await openai().responses.create({ model, max_output_tokens: 500, tools, input: CALL });
      const call = first.output.find(({ type }) => type === 'function_call');
      calls(call.name, JSON.parse(call.arguments));
      const second = await openai().responses.create({
        model, max_output_tokens: 500, tools, previous_response_id: first.id,
        input: [{ type: 'function_call_output', call_id: call.call_id, output: RESULT }],
      });
      return second.output_text;
    },
    async fault(model, words) {
      const e = await caught(openai().responses.create({ model, max_output_tokens: 500, input: words }));
      return [e.status, e.constructor.name];
    },
    faults: ['BadRequestError', 'InternalServerError'],
  },
  anthropic: {
    client: new Anthropic({ baseURL: root, apiKey: 'any', maxRetries: 0 }),
    async hello(model) {
      const answer = await this.client.messages.create({ model, max_tokens: 500, messages: [user(HELLO)] });
      assert.equal(answer.stop_reason, 'end_turn');
      return [answer.content[0].text, answer.usage.input_tokens, answer.usage.output_tokens];
    },
    async stream(model) {
      const answer = await this.client.messages.stream({ model, max_tokens: 500, messages: [user(HELLO)] }).finalMessage();
      return [answer.content[0].text, answer.usage.input_tokens, answer.usage.output_tokens];
    },
    async call(model) {
      const { name, description } = weather.function;
      const messages = [user(CALL)];
      const ask = () =>
        this.client.messages.create({ model, max_tokens: 500, tools: [{ name, description, input_schema: schema }], messages });
      const first = await ask();
      assert.equal(first.stop_reason, 'tool_use');
      const call = first.content.find(({ type }) => type === 'tool_use');
      calls(call.name, call.input);
      messages.push({ role: 'assistant', content: first.content });
      messages.push(user([{ type: 'tool_result', tool_use_id: call.id, content: RESULT }]));
      return (await ask()).content.find(({ type }) => type === 'text').text;
    },
    async fault(model, words) {
      const e = await caught(this.client.messages.create({ model, max_tokens: 500, messages: [user(words)] }));
      return [e.status, e.constructor.name];
    },
    faults: ['BadRequestError', 'ServiceUnavailableError'],
  },
  genai: {
    client: new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: root } }),
    async hello(model) {
      const answer = await this.client.models.generateContent({ model, contents: HELLO, config: { maxOutputTokens: 500 } });
      assert.equal(answer.candidates[0].finishReason, 'STOP');
      return [answer.text, answer.usageMetadata.promptTokenCount, answer.usageMetadata.candidatesTokenCount];
    },
    async stream(model) {
      const stream = await this.client.models.generateContentStream({ model, contents: HELLO, config: { maxOutputTokens: 500 } });
      let text = '';
      let usage;
      for await (const piece of stream) {
        text += piece.text ?? '';
        usage = piece.usageMetadata ?? usage;
      }
      return [text, usage?.promptTokenCount, usage?.candidatesTokenCount];
    },
    async call(model) {
      const { name, description } = weather.function;
      const contents = [{ role: 'user', parts: [{ text: CALL }] }];
      const tools = [{ functionDeclarations: [{ name, description, parametersJsonSchema: schema }] }];
      const ask = () => this.client.models.generateContent({ model, contents, config: { maxOutputTokens: 500, tools } });
      const first = await ask();
      const [call] = first.functionCalls;
      calls(call.name, call.args);
      contents.push(first.candidates[0].content);
      contents.push({
        role: 'user',
        parts: [{ functionResponse: { id: call.id, name: call.name, response: { output: JSON.parse(RESULT) } } }],
      });
      return (await ask()).text;
    },
    async fault(model, words) {
      const e = await caught(this.client.models.generateContent({ model, contents: words, config: { maxOutputTokens: 500 } }));
      return [e.status, e.constructor.name];
    },
    faults: ['ApiError', 'ApiError'],
  },
};

// The AI SDK's providers, one for each dialect.
const sdks = {
  'ai, openai responses': createOpenAI({ baseURL: gateway, apiKey: 'any' }),
  'ai, anthropic': createAnthropic({ baseURL: gateway, apiKey: 'any' }),
  'ai, google': createGoogleGenerativeAI({ baseURL: `${root}/v1beta`, apiKey: 'any' }),
};
for (const [name, provider] of Object.entries(sdks)) {
  const options = (model, prompt) => ({ model: provider(model), prompt, maxRetries: 0, maxOutputTokens: 500 });
  clients[name] = {
    async hello(model) {
      const { text, finishReason, usage } = await generateText(options(model, HELLO));
      assert.equal(finishReason, 'stop');
      return [text, usage.inputTokens, usage.outputTokens];
    },
    async stream(model) {
      const result = streamText(options(model, HELLO));
      let text = '';
      for await (const delta of result.textStream) {
        text += delta;
      }
      const usage = await result.usage;
      return [text, usage.inputTokens, usage.outputTokens];
    },
    async call(model) {
      const result = await generateText({
        ...options(model, CALL),
        stopWhen: stepCountIs(3),
        tools: {
          get_weather: tool({
            description: 'The weather in a city',
            inputSchema: jsonSchema(schema),
            execute: (args) => {
              calls('get_weather', args);
              return JSON.parse(RESULT);
            },
          }),
        },
      });
      return result.text;
    },
    async fault(model, words) {
      const e = await caught(generateText(options(model, words)));
      return [e.statusCode, e.name];
    },
    faults: ['AI_APICallError', 'AI_APICallError'],
  };
}

// LangChain's chat models, one for each dialect.
const chains = {
  'langchain, openai': (model) =>
    new ChatOpenAI({ model, apiKey: 'any', maxRetries: 0, maxTokens: 500, configuration: { baseURL: gateway } }),
  'langchain, anthropic': (model) =>
    new ChatAnthropic({ model, apiKey: 'any', maxRetries: 0, maxTokens: 500, anthropicApiUrl: root }),
  'langchain, google': (model) =>
    new ChatGoogleGenerativeAI({ model, apiKey: 'any', maxRetries: 0, maxOutputTokens: 500, baseUrl: root }),
};
for (const [name, chat] of Object.entries(chains)) {
  clients[name] = {
    async hello(model) {
      const answer = await chat(model).invoke(HELLO);
      return [answer.text, answer.usage_metadata?.input_tokens, answer.usage_metadata?.output_tokens];
    },
    async stream(model) {
      let whole;
      for await (const piece of await chat(model).stream(HELLO)) {
        whole = whole ? whole.concat(piece) : piece;
      }
      return [whole.text, whole.usage_metadata?.input_tokens, whole.usage_metadata?.output_tokens];
    },
    async call(model) {
      const bound = chat(model).bindTools([{ name: 'get_weather', description: 'The weather in a city', schema }]);
      const messages = [new HumanMessage(CALL)];
      const first = await bound.invoke(messages);
      const [call] = first.tool_calls;
      calls(call.name, call.args);
      messages.push(first, new ToolMessage({ tool_call_id: call.id, name: call.name, content: RESULT }));
      return (await bound.invoke(messages)).text;
    },
    async fault(model, words) {
      const e = await caught(chat(model).invoke(words));
      return [e.status ?? e.statusCode, 'any'];
    },
    faults: ['any', 'any'],
  };
}

// It takes the tokens of the question from the start of the message alone, where they stand only with Anthropic's own answers:
// other vendors tell them at the end, and so does the message then.
clients['langchain, anthropic'].readsInputAtTheStart = true;

for (const [name, client] of Object.entries(clients)) {
  for (const { kind, model, hello, uncounted } of kinds) {
    test(`${name}: plain: ${kind}`, async () => {
      const [text, input, output] = await client.hello(model);
      assert.equal(text, hello);
      if (uncounted !== 'always') {
        assert.ok(input > 0 && output > 0, `tokens ${input} and ${output}`);
      }
    });

    test(`${name}: streamed: ${kind}`, async () => {
      const [text, input, output] = await client.stream(model);
      assert.equal(text, hello);
      if (!uncounted) {
        assert.ok((input > 0 || client.readsInputAtTheStart) && output > 0, `tokens ${input} and ${output}`);
      }
    });

    test(`${name}: a tool's round trip: ${kind}`, async () => {
      assert.equal(await client.call(model), SAID);
    });

    test(`${name}: the caller's fault and the vendor's: ${kind}`, async () => {
      assert.deepEqual(await client.fault(model, 'your fault'), [400, client.faults[0]]);
      assert.deepEqual(await client.fault(model, 'out of order'), [503, client.faults[1]]);
    });
  }
}
