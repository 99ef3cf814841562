// openai: system prompts, images, limits and settings, as they reach each vendor, and why answers end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { caught, marked, openai, pixel, receivedOnce, user } from './support/clients.mjs';
import { everyKind, simulator, vendors } from './support/kinds.mjs';

const ask = async (kind, request) => {
  const { text, mark } = marked('Say hello');
  const answer = await openai().chat.completions.create({ model: kind.model, messages: [user(text)], ...request(text) });
  return { answer, body: (await receivedOnce(mark)).body };
};

for (const kind of vendors) {
  const claude = kind.wire === 'anthropic';

  test(`system prompts: ${kind.kind}`, async () => {
    const { body } = await ask(kind, (text) => ({
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'developer', content: 'Be kind.' }, user(text)],
    }));
    if (claude) {
      const system = typeof body.system === 'string' ? body.system : body.system.map((block) => block.text).join('\n');
      assert.match(system, /Be brief\.[\s\S]*Be kind\./);
      assert.deepEqual(body.messages.map((m) => m.role), ['user']);
    } else {
      assert.deepEqual(body.messages.map((m) => m.role), ['system', 'developer', 'user']);
    }
  });

  test(`many turns, in parts and in strings: ${kind.kind}`, async () => {
    const { body } = await ask(kind, (text) => ({
      messages: [user('One?'), { role: 'assistant', content: 'Two.' }, user([{ type: 'text', text: 'Three?' }, { type: 'text', text }])],
    }));
    assert.deepEqual(body.messages.map((m) => m.role), ['user', 'assistant', 'user']);
    assert.equal(body.messages[2].content.length, 2);
  });

  test(`an image by data URL: ${kind.kind}`, async () => {
    const url = `data:image/png;base64,${pixel}`;
    const { body } = await ask(kind, (text) => ({ messages: [user([{ type: 'text', text }, { type: 'image_url', image_url: { url } }])] }));
    const image = body.messages[0].content[1];
    if (claude) {
      assert.deepEqual(image, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } });
    } else {
      assert.deepEqual(image, { type: 'image_url', image_url: { url } });
    }
  });

  test(`an image by URL: ${kind.kind}`, async () => {
    const url = 'https://images.example.org/cat.png';
    const { body } = await ask(kind, (text) => ({ messages: [user([{ type: 'text', text }, { type: 'image_url', image_url: { url } }])] }));
    const image = body.messages[0].content[1];
    if (claude) {
      assert.deepEqual(image, { type: 'image', source: { type: 'url', url } });
    } else {
      assert.equal(image.image_url.url, url);
    }
  });

  test(`settings under the vendor's names: ${kind.kind}`, async () => {
    const { body } = await ask(kind, () => ({ temperature: 0.3, top_p: 0.9, max_tokens: 77, stop: ['END', 'STOP'] }));
    assert.equal(body.temperature, 0.3);
    assert.equal(body.top_p, 0.9);
    assert.equal(body.max_tokens, 77);
    assert.deepEqual(claude ? body.stop_sequences : body.stop, ['END', 'STOP']);
  });

  test(`max_completion_tokens and a single stop: ${kind.kind}`, async () => {
    const { body } = await ask(kind, () => ({ max_completion_tokens: 78, stop: 'END' }));
    if (claude) {
      assert.equal(body.max_tokens, 78);
      assert.deepEqual(body.stop_sequences, ['END']);
    } else {
      assert.equal(body.max_completion_tokens, 78);
      assert.equal(body.stop, 'END');
    }
  });

  test(`finish_reason length, whole and streamed: ${kind.kind}`, async () => {
    const request = { model: kind.model, messages: [user('long answer')], max_tokens: 5 };
    const plain = await openai().chat.completions.create(request);
    assert.equal(plain.choices[0].finish_reason, 'length');
    assert.equal(plain.choices[0].message.content, 'This answer is cut');
    const streamed = await openai().chat.completions.stream(request).finalChatCompletion();
    assert.equal(streamed.choices[0].finish_reason, 'length');
  });
}

for (const kind of vendors) {
  test(`structured output by .parse(): ${kind.kind}`, async () => {
    const { text, mark } = marked('as json, please');
    const answer = await openai().chat.completions.parse({
      model: kind.model,
      messages: [user(text)],
      response_format: zodResponseFormat(z.object({ city: z.string(), celsius: z.number() }), 'weather'),
    });
    assert.deepEqual(answer.choices[0].message.parsed, { city: 'Paris', celsius: 18 });
    const { text: sent } = await receivedOnce(mark);
    assert.ok(sent.includes('celsius'), 'the vendor is told the schema');
  });
}

test('without a limit Anthropic gets the model\'s max-output-tokens', async () => {
  const { body } = await ask(vendors[2], () => ({}));
  assert.equal(body.max_tokens, 4096);
});

test('without a limit and without max-output-tokens: 400 naming max_tokens', async () => {
  const e = await caught(openai().chat.completions.create({ model: 'claude/unknown-model', messages: [user('Say hello')] }));
  assert.ok(e instanceof OpenAI.BadRequestError);
  assert.match(e.message, /max_tokens/);
});

const cannot = [
  ['n', { n: 2 }],
  ['temperature', { temperature: 1.7 }],
  ['logit_bias', { logit_bias: { 50256: -100 } }],
];
for (const [field, request] of cannot) {
  test(`what Anthropic cannot express is refused by name: ${field}`, async () => {
    const e = await caught(openai().chat.completions.create({ model: 'claude-mock', messages: [user('Say hello')], ...request }));
    assert.ok(e instanceof OpenAI.BadRequestError);
    assert.equal(e.code, 'unsupported_parameter');
    assert.match(e.message, new RegExp(field));
  });
}

test('finish_reason length: simulator', async () => {
  const request = { model: simulator.model, messages: [user('one two three four five six seven eight nine ten')], max_tokens: 3 };
  const plain = await openai().chat.completions.create(request);
  assert.equal(plain.choices[0].finish_reason, 'length');
  assert.ok(plain.usage.completion_tokens <= 3);
});

test('usage of the same question is the same, whole and streamed', async () => {
  for (const kind of everyKind) {
    const request = { model: kind.model, messages: [user('Say hello')] };
    const plain = await openai().chat.completions.create(request);
    const streamed = await openai()
      .chat.completions.stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion();
    for (const count of ['prompt_tokens', 'completion_tokens', 'total_tokens']) {
      assert.equal(streamed.usage[count], plain.usage[count], `${kind.kind} ${count}`);
    }
  }
});
