// What there is beside chats: embeddings, completions, moderations, counts of tokens, Google's list of models.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import { GoogleGenerativeAIEmbeddings } from '@langchain/google-genai';
import { OpenAIEmbeddings } from '@langchain/openai';
import { createOpenAI } from '@ai-sdk/openai';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { embed, embedMany } from 'ai';
import OpenAI from 'openai';
import { caught, gateway, openai } from './support/clients.mjs';
import { everyKind, others } from './support/kinds.mjs';

const root = gateway.slice(0, -'/v1'.length);
const genai = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: root } });

const EMBEDDER = 'openai/text-embedding-3-small';

// Who embeds, and what aimock lacks of it; `floats`: it answers with numbers, though base64 was asked for.
const embedders = [
  { kind: 'simulator', model: 'simulator/sim-1' },
  { kind: 'openai', model: EMBEDDER, floats: true },
  { kind: 'openai-compatible', model: 'compatible/nomic-embed-text', floats: true },
  { kind: 'azure', model: 'azure/text-embedding-3-small', floats: true },
  { kind: 'gemini', model: 'gemini/gemini-embedding-001', leftOut: 'aimock has no batchEmbedContents' },
  { kind: 'vertex', model: 'vertex/gemini-embedding-001', leftOut: 'aimock has no predict' },
  { kind: 'bedrock', model: 'bedrock/amazon.titan-embed-text-v2:0', leftOut: "aimock does not know Titan's embeddings" },
  { kind: 'cohere', model: 'cohere/embed-v4.0' },
  { kind: 'ollama', model: 'ollama/nomic-embed-text', leftOut: 'aimock answers /api/embed with one embedding in place of embeddings' },
  { kind: 'together', model: 'together/BAAI/bge-large-en-v1.5', floats: true },
  { kind: 'mistral', model: 'mistral/mistral-embed', floats: true },
  { kind: 'openrouter', model: 'openrouter/openai/text-embedding-3-small', floats: true },
  { kind: 'vllm', model: 'vllm/BAAI/bge-m3', floats: true },
];
const isVector = (vector) => assert.ok(vector.length > 1 && vector.every((n) => typeof n === 'number' && Number.isFinite(n)), String(vector));
const near = (a, b) => a.length === b.length && a.every((n, i) => Math.abs(n - b[i]) < 1e-6);

for (const { kind, model, floats, leftOut } of embedders) {
  test(`embeddings.create(), as numbers, as base64, as the client likes it: ${kind}`, { skip: leftOut }, async () => {
    const input = ['the first text', 'the second text'];
    const numbers = await openai().embeddings.create({ model, input, encoding_format: 'float' });
    assert.deepEqual(numbers.data.map(({ index }) => index), [0, 1]);
    numbers.data.forEach(({ embedding }) => isVector(embedding));
    assert.ok(!near(numbers.data[0].embedding, numbers.data[1].embedding));

    const packed = await openai().embeddings.create({ model, input, encoding_format: 'base64' });
    packed.data.forEach(({ embedding }, i) => {
      if (floats) {
        return;
      }
      const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'));
      assert.ok(near([...new Float32Array(bytes.buffer)], numbers.data[i].embedding));
    });

    const { data } = await openai().embeddings.create({ model, input: input[1] });
    assert.ok(near(data[0].embedding, numbers.data[1].embedding));
  });

  test(`models.embedContent(), one and many: ${kind}`, { skip: leftOut }, async () => {
    const [first, second] = (await genai.models.embedContent({ model, contents: ['the first text', 'the second text'] })).embeddings;
    isVector(first.values);
    isVector(second.values);
    const { embeddings } = await genai.models.embedContent({ model, contents: 'the second text' });
    assert.ok(near(embeddings[0].values, second.values));
  });

  test(`frameworks' embeddings: ${kind}`, { skip: leftOut }, async () => {
    const langchain = [
      new OpenAIEmbeddings({ model, apiKey: 'any', maxRetries: 0, configuration: { baseURL: gateway } }),
      new GoogleGenerativeAIEmbeddings({ model, apiKey: 'any', maxRetries: 0, baseUrl: root }),
    ];
    for (const embeddings of langchain) {
      isVector(await embeddings.embedQuery('a question'));
      assert.equal((await embeddings.embedDocuments(['one', 'two'])).length, 2);
    }
    const sdk = [
      createOpenAI({ baseURL: gateway, apiKey: 'any' }).textEmbeddingModel(model),
      createGoogleGenerativeAI({ baseURL: `${root}/v1beta`, apiKey: 'any' }).textEmbeddingModel(model),
    ];
    for (const one of sdk) {
      isVector((await embed({ model: one, value: 'a text', maxRetries: 0 })).embedding);
      assert.equal((await embedMany({ model: one, values: ['one', 'two'], maxRetries: 0 })).embeddings.length, 2);
    }
  });
}

test('embeddings.create() with dimensions', async () => {
  for (const model of ['simulator/sim-1', EMBEDDER]) {
    const { data } = await openai().embeddings.create({ model, input: 'a text', dimensions: 256 });
    assert.equal(data[0].embedding.length, 256, model);
  }
});

test('embeddings.create() where none are made: an error of its type', async () => {
  const e = await caught(openai().embeddings.create({ model: 'claude-mock', input: 'a text' }));
  assert.ok(e instanceof OpenAI.BadRequestError, String(e));
});

for (const { kind, model, hello } of [...everyKind, ...others]) {
  const prompt = 'Say hello';
  const leftOut = ['openai', 'openai-compatible', 'azure', 'together', 'xai', 'openrouter', 'vllm'].includes(kind)
    ? 'asked as completions, which aimock has not'
    : false;
  test(`completions.create(), plain and streamed: ${kind}`, { skip: leftOut }, async () => {
    const answer = await openai().completions.create({ model, prompt, max_tokens: 500 });
    assert.equal(answer.object, 'text_completion');
    assert.equal(answer.choices[0].text, hello ?? prompt);
    assert.equal(answer.choices[0].finish_reason, 'stop');
    let text = '';
    for await (const piece of await openai().completions.create({ model, prompt, max_tokens: 500, stream: true })) {
      text += piece.choices[0]?.text ?? '';
    }
    assert.equal(text, hello ?? prompt);
  });

  const counts = ['anthropic', 'bedrock', 'gemini', 'vertex'].includes(kind);
  test(`models.countTokens(): ${kind}`, { skip: counts && 'the vendor counts, and aimock does not' }, async () => {
    const few = await genai.models.countTokens({ model, contents: 'hello world' });
    const many = await genai.models.countTokens({ model, contents: 'hello world '.repeat(50) });
    assert.ok(few.totalTokens > 0);
    assert.ok(many.totalTokens > few.totalTokens);
  });
}

for (const model of ['openai/omni-moderation-latest', 'compatible/guard', 'mistral/mistral-moderation-latest', undefined]) {
  test(`moderations.create(): ${model ?? 'without a model'}`, async () => {
    const answer = await openai().moderations.create({ model, input: ['one', 'two'].slice(0, 1) });
    assert.equal(answer.results.length, 1);
    assert.equal(answer.results[0].flagged, false);
    assert.equal(typeof answer.results[0].category_scores.violence, 'number');
  });
}

test("Google's models.list() and models.get(), which its client asks for beside OpenAI's", async () => {
  const names = [];
  for await (const model of await genai.models.list()) {
    names.push(model.name);
    assert.ok(model.supportedActions.includes('generateContent'), model.name);
  }
  for (const name of ['models/echo', 'models/gpt-mock', 'models/claude-mock']) {
    assert.ok(names.includes(name), `${name} in ${names}`);
  }
  assert.equal((await genai.models.get({ model: 'claude-mock' })).name, 'models/claude-mock');
  assert.equal((await caught(genai.models.get({ model: 'nobody' }))).status, 404);
});
