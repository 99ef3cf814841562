// What each client raises, in each dialect, for the statuses that callers meet: its own typed exception, with the stable code.
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
import { generateText } from 'ai';
import OpenAI from 'openai';
import { anthropics, caught, gateway, gatewayWithKeys, openai, user } from './support/clients.mjs';

const root = (at) => at.slice(0, -'/v1'.length);
const max_tokens = 500;
const EMBEDDER = 'openai/text-embedding-3-small';

// Where, with which key, which model and what is asked, and what comes of it.
const cases = [
  { status: 400, code: 'invalid_request', model: '' },
  { status: 400, code: 'mock_refusal', words: 'your fault', ofVendor: true },
  { status: 401, code: 'invalid_api_key', at: gatewayWithKeys, key: 'clients-wrong-key' },
  { status: 403, code: 'model_not_allowed', at: gatewayWithKeys, key: 'clients-narrow-key', model: 'other' },
  { status: 404, code: 'model_not_found', model: 'nobody' },
  { status: 413, code: 'request_too_large', at: gatewayWithKeys, key: 'clients-full-key', words: 'x'.repeat(100_000) },
  { status: 503, code: 'all_providers_exhausted', model: 'doomed' },
];

const openaiNames = {
  400: 'BadRequestError', 401: 'AuthenticationError', 403: 'PermissionDeniedError', 404: 'NotFoundError', 413: 'APIError', 503: 'InternalServerError',
};
const anthropicNames = { ...openaiNames };
const newestAnthropicNames = { ...openaiNames, 413: 'ContentTooLargeError', 503: 'ServiceUnavailableError' };
const always = (name) => Object.fromEntries(Object.keys(openaiNames).map((status) => [status, name]));

const clients = {
  'openai, chat': {
    names: openaiNames,
    ask: ({ at, key, model, words }) =>
      openai({ baseURL: at, apiKey: key }).chat.completions.create({ model, max_tokens, messages: [user(words)] }),
    code: (e) => e.code,
  },
  'openai, responses': {
    names: openaiNames,
    ask: ({ at, key, model, words }) => openai({ baseURL: at, apiKey: key }).responses.create({ model, input: words }),
    code: (e) => e.code,
  },
  'openai, completions': {
    names: openaiNames,
    ask: ({ at, key, model, words }) => openai({ baseURL: at, apiKey: key }).completions.create({ model, max_tokens, prompt: words }),
    code: (e) => e.code,
    leftOut: { mock_refusal: 'aimock has no completions' },
  },
  'openai, embeddings': {
    names: openaiNames,
    ask: ({ at, key, model, words }) =>
      openai({ baseURL: at, apiKey: key }).embeddings.create({ model: model === 'gpt-mock' ? EMBEDDER : model, input: words }),
    code: (e) => e.code,
  },
  genai: {
    names: always('ApiError'),
    ask: ({ at, key, model, words }) =>
      new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: root(at) } }).models.generateContent({ model, contents: words }),
    code: (e) => JSON.parse(e.message).error.details[0].reason,
    leftOut: { invalid_request: 'the client itself refuses an empty name' },
  },
};
for (const [i, { name, Anthropic }] of anthropics.entries()) {
  clients[`anthropic, ${name}`] = {
    names: i === 0 ? newestAnthropicNames : anthropicNames,
    ask: ({ at, key, model, words }) =>
      new Anthropic({ baseURL: root(at), apiKey: key, maxRetries: 0 }).messages.create({ model, max_tokens, messages: [user(words)] }),
    code: (e) => e.error.error.code,
  };
}

const providers = {
  'ai, openai-compatible': { make: (at, apiKey) => createOpenAICompatible({ name: 'signalbox', baseURL: at, apiKey }), code: (e) => e.error.code },
  'ai, openai responses': { make: (at, apiKey) => createOpenAI({ baseURL: at, apiKey }), code: (e) => e.error.code },
  'ai, anthropic': { make: (at, apiKey) => createAnthropic({ baseURL: at, apiKey }), code: (e) => e.error.code },
  'ai, google': {
    make: (at, apiKey) => createGoogleGenerativeAI({ baseURL: `${root(at)}/v1beta`, apiKey }),
    code: (e) => e.error.details[0].reason,
    leftOut: { invalid_request: 'an empty name makes another address' },
  },
};
for (const [name, { make, code, leftOut }] of Object.entries(providers)) {
  clients[name] = {
    names: always('AI_APICallError'),
    ask: ({ at, key, model, words }) =>
      generateText({ model: make(at, key)(model), prompt: words, maxOutputTokens: max_tokens, maxRetries: 0 }),
    status: (e) => e.statusCode,
    code: (e) => code(JSON.parse(e.responseBody)),
    leftOut,
  };
}

const chains = {
  'langchain, openai': {
    ask: ({ at, key, model, words }) =>
      new ChatOpenAI({ model, apiKey: key, maxRetries: 0, maxTokens: max_tokens, configuration: { baseURL: at } }).invoke(words),
    code: (e) => e.code,
    names: openaiNames,
  },
  'langchain, anthropic': {
    ask: ({ at, key, model, words }) =>
      new ChatAnthropic({ model, apiKey: key, maxRetries: 0, maxTokens: max_tokens, anthropicApiUrl: root(at) }).invoke(words),
    code: (e) => e.error.error.code,
  },
  'langchain, google': {
    ask: ({ at, key, model, words }) =>
      new ChatGoogleGenerativeAI({ model, apiKey: key, maxRetries: 0, maxOutputTokens: max_tokens, baseUrl: root(at) }).invoke(words),
    code: (e) => e.errorDetails[0].reason,
    leftOut: { invalid_request: 'an empty name makes another address' },
  },
};
for (const [name, chain] of Object.entries(chains)) {
  clients[name] = { ...chain, names: {} }; // of whichever class: it is the client's below, or LangChain's own
}

for (const [name, { names, ask, status = (e) => e.status, code, leftOut = {} }] of Object.entries(clients)) {
  for (const asked of cases) {
    const { at = gateway, key = 'any', model = at === gatewayWithKeys ? 'echo' : 'gpt-mock', words = 'hi' } = asked;
    test(`${name}: ${asked.status} ${asked.code}`, { skip: leftOut[asked.code] }, async () => {
      const e = await caught(ask({ at, key, model, words }));
      assert.equal(status(e), asked.status, String(e));
      if (names[asked.status]) {
        assert.ok(is(e, names[asked.status]), `${e.constructor.name} ${e.name}`);
      }
      if (asked.ofVendor) {
        assert.match(e.message, /the mock does not like it/);
      } else {
        assert.equal(code(e), asked.code);
      }
      assert.ok(!String(e.message).includes('clients-wrong-key'), 'the secret is not repeated');
    });
  }
}

// Whether it is of a class of that name, or names itself so.
function is(e, name) {
  for (let type = e.constructor; type; type = Object.getPrototypeOf(type)) {
    if (type.name === name) {
      return true;
    }
  }
  return e.name === name;
}

test('openai: its classes are the ones that callers catch', async () => {
  const e = await caught(openai().chat.completions.create({ model: 'nobody', messages: [user('hi')] }));
  assert.ok(e instanceof OpenAI.NotFoundError && e instanceof OpenAI.APIError);
});
