// Structured output by the frameworks and by Google's client, in every dialect, with every kind of provider behind the gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { GoogleGenAI } from '@google/genai';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import { ChatOpenAI } from '@langchain/openai';
import { generateObject, jsonSchema } from 'ai';
import { caught, gateway, marked, receivedOnce } from './support/clients.mjs';
import { others, vendors } from './support/kinds.mjs';

const root = gateway.slice(0, -'/v1'.length);
const schema = {
  title: 'weather',
  description: 'The weather in a city',
  type: 'object',
  properties: { city: { type: 'string' }, celsius: { type: 'number' } },
  required: ['city', 'celsius'],
  additionalProperties: false,
};
const limit = 500;

const sdk = (provider) => async (model, prompt) =>
  (await generateObject({ model: provider(model), schema: jsonSchema(schema), prompt, maxRetries: 0, maxOutputTokens: limit })).object;

const chain = (chat, method) => (model, prompt) =>
  chat(model).withStructuredOutput(schema, { name: 'weather', ...(method ? { method } : {}) }).invoke(prompt);

const chatOpenAi = (model) => new ChatOpenAI({ model, apiKey: 'any', maxRetries: 0, maxTokens: limit, configuration: { baseURL: gateway } });
const chatAnthropic = (model) => new ChatAnthropic({ model, apiKey: 'any', maxRetries: 0, maxTokens: limit, anthropicApiUrl: root });
const chatGoogle = (model) =>
  new ChatGoogleGenerativeAI({ model, apiKey: 'any', maxRetries: 0, maxOutputTokens: limit, baseUrl: root });

const genai = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: root } });

const clients = {
  'ai, openai-compatible: generateObject': sdk(
    createOpenAICompatible({ name: 'signalbox', baseURL: gateway, apiKey: 'any', supportsStructuredOutputs: true }),
  ),
  'ai, openai responses: generateObject': sdk(createOpenAI({ baseURL: gateway, apiKey: 'any' })),
  'ai, anthropic: generateObject': sdk(createAnthropic({ baseURL: gateway, apiKey: 'any' })),
  'ai, google: generateObject': sdk(createGoogleGenerativeAI({ baseURL: `${root}/v1beta`, apiKey: 'any' })),
  'langchain, openai: withStructuredOutput by schema': chain(chatOpenAi, 'jsonSchema'),
  'langchain, openai: withStructuredOutput by function': chain(chatOpenAi, 'functionCalling'),
  'langchain, anthropic: withStructuredOutput': chain(chatAnthropic),
  'langchain, google: withStructuredOutput': chain(chatGoogle),
  'genai: responseJsonSchema': async (model, contents) => {
    const config = { responseMimeType: 'application/json', responseJsonSchema: schema, maxOutputTokens: limit };
    return JSON.parse((await genai.models.generateContent({ model, contents, config })).text);
  },
};

// What the vendor cannot be told is refused by name; docs/translation.md has the table.
const ONE_CALL = 'the client forbids parallel calls, which cannot be said there';
const FORCED = 'the client demands a call, which cannot be said there';
const SCHEMA = 'DeepSeek knows JSON, but no schemas';
const refused = {
  'ai, anthropic: generateObject': { gemini: ONE_CALL, vertex: ONE_CALL, bedrock: ONE_CALL, cohere: ONE_CALL, ollama: FORCED },
  'langchain, openai: withStructuredOutput by function': { ollama: FORCED },
  'langchain, anthropic: withStructuredOutput': { ollama: FORCED },
  ...Object.fromEntries(
    [
      'ai, openai-compatible: generateObject',
      'ai, openai responses: generateObject',
      'ai, google: generateObject',
      'langchain, openai: withStructuredOutput by schema',
      'langchain, google: withStructuredOutput',
      'genai: responseJsonSchema',
    ].map((name) => [name, { deepseek: SCHEMA }]),
  ),
};

for (const [name, ask] of Object.entries(clients)) {
  for (const { kind, model } of [...vendors, ...others]) {
    const why = refused[name]?.[kind];
    if (why) {
      test(`${name}: ${kind}: refused by name, since ${why}`, async () => {
        const e = await caught(ask(model, 'the weather as json'));
        assert.equal(e.statusCode ?? e.status, 400);
        assert.match(e.message, /cannot be expressed by any candidate/);
      });
      continue;
    }

    test(`${name}: ${kind}`, async () => {
      const { text, mark } = marked('the weather as json');
      assert.deepEqual(await ask(model, text), { city: 'Paris', celsius: 18 });
      const { text: sent } = await receivedOnce(mark);
      assert.ok(sent.includes('celsius'), 'the vendor is told the schema');
    });
  }
}
