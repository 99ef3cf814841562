// openai: every refusal becomes the client's own typed exception.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { caught, gateway, marked, openai, received, user } from './support/clients.mjs';
import { vendors } from './support/kinds.mjs';

const refused = (request, options) => caught(openai().chat.completions.create({ model: 'echo', messages: [user('hi')], ...request }, options));

test('NotFoundError 404 model_not_found, naming close matches', async () => {
  const e = await refused({ model: 'gpt-mok' });
  assert.ok(e instanceof OpenAI.NotFoundError);
  assert.equal(e.status, 404);
  assert.equal(e.code, 'model_not_found');
  assert.match(e.message, /gpt-mock/);
  assert.ok(e.requestID);
  assert.equal(e.requestID, e.headers.get('x-signalbox-request-id'));
});

const wrong = [
  ['messages', { messages: undefined }],
  ['messages', { messages: 'hi' }],
  ['messages', { messages: [] }],
  ['model', { model: '' }],
  ['model', { model: 7 }],
  ['stream', { stream: 'yes' }],
  ['stream_options', { stream: true, stream_options: 7 }],
  ['max_tokens', { model: 'claude-mock', max_tokens: 'many' }],
  ['temperature', { model: 'claude-mock', temperature: 'hot' }],
  ['messages\\[0\\]', { model: 'claude-mock', messages: [{ role: 'nobody', content: 'hi' }] }],
  ['tools', { model: 'claude-mock', tools: {} }],
];
for (const [field, request] of wrong) {
  test(`BadRequestError 400 names ${field.replaceAll('\\', '')}: ${JSON.stringify(request)}`, async () => {
    const e = await refused(request);
    assert.ok(e instanceof OpenAI.BadRequestError, String(e));
    assert.equal(e.code, 'invalid_request');
    assert.equal(e.type, 'invalid_request_error');
    assert.match(e.message, new RegExp(field));
  });
}

for (const [name, value] of [['timeout', 'soon'], ['retries', '11'], ['retries', '-1'], ['strategy', 'nonsense'], ['tags', 'novalue']]) {
  test(`BadRequestError 400 names x-signalbox-${name}: ${value}`, async () => {
    const e = await refused({}, { headers: { [`x-signalbox-${name}`]: value } });
    assert.ok(e instanceof OpenAI.BadRequestError);
    assert.equal(e.code, 'invalid_request');
    assert.match(e.message, new RegExp(`x-signalbox-${name}`));
  });
}

test('broken JSON, unknown paths, methods and media types are JSON errors', async () => {
  const chat = `${gateway}/chat/completions`;
  const json = { 'content-type': 'application/json' };
  const asked = [
    [400, 'invalid_request', fetch(chat, { method: 'POST', headers: json, body: '{"model":' })],
    [404, 'not_found', fetch(`${gateway}/nothing/here`)],
    [405, 'method_not_allowed', fetch(chat, { method: 'PUT', headers: json, body: '{}' })],
  ];
  for (const [status, code, answering] of asked) {
    const answer = await answering;
    assert.equal(answer.status, status);
    assert.match(answer.headers.get('content-type'), /^application\/json/);
    assert.equal((await answer.json()).error.code, code);
    assert.ok(answer.headers.get('x-signalbox-request-id'));
  }
});

test('InternalServerError 503 all_providers_exhausted, with its attempts', async () => {
  const e = await refused({ model: 'doomed' });
  assert.ok(e instanceof OpenAI.InternalServerError);
  assert.equal(e.status, 503);
  assert.equal(e.code, 'all_providers_exhausted');
  assert.deepEqual(
    e.error.attempts.map(({ provider, model, status }) => ({ provider, model, status })),
    [
      { provider: 'broken', model: 'sim-1', status: 500 },
      { provider: 'broken', model: 'sim-2', status: 500 },
    ],
  );
  for (const attempt of e.error.attempts) {
    assert.equal(typeof attempt.error, 'string');
    assert.equal(typeof attempt.duration_ms, 'number');
  }
});

test('the same on a stream: the error comes before anything else', async () => {
  const e = await refused({ model: 'doomed', stream: true });
  assert.ok(e instanceof OpenAI.InternalServerError);
  assert.equal(e.code, 'all_providers_exhausted');
});

test('a failed candidate is passed over before the caller notices, whole and streamed', async () => {
  const request = { model: 'resilient', messages: [user('Say hello')] };
  const { data, response } = await openai().chat.completions.create(request).withResponse();
  assert.equal(data.choices[0].message.content, 'Hello from the mock of the vendors.');
  assert.equal(response.headers.get('x-signalbox-provider'), 'claude');
  // 1 when failures before this have made the broken one unhealthy, so that it stands last
  assert.match(response.headers.get('x-signalbox-attempts'), /^[12]$/);
  const streamed = await openai().chat.completions.stream(request).finalChatCompletion();
  assert.equal(streamed.choices[0].message.content, 'Hello from the mock of the vendors.');
});

test('x-signalbox-provider and x-signalbox-fallback steer it', async () => {
  const e = await refused({ model: 'resilient' }, { headers: { 'x-signalbox-provider': 'broken' } });
  assert.equal(e.code, 'all_providers_exhausted');
  assert.deepEqual(e.error.attempts.map((attempt) => attempt.provider), ['broken']);
  const { response } = await openai()
    .chat.completions.create(
      { model: 'doomed', messages: [user('hi')] },
      { headers: { 'x-signalbox-fallback': 'echo' } },
    )
    .withResponse();
  assert.equal(response.headers.get('x-signalbox-provider'), 'simulator');
});

for (const kind of vendors) {
  for (const stream of [false, true]) {
    const how = stream ? ', streamed' : '';

    test(`a vendor's 400 is passed through with status and message${how}: ${kind.kind}`, async () => {
      const { text, mark } = marked('your fault');
      const e = await refused({ model: kind.model, messages: [user(text)], stream });
      assert.ok(e instanceof OpenAI.BadRequestError, String(e));
      assert.match(e.message, /temperature: the mock does not like it/);
      if (kind.wire === 'openai') {
        assert.equal(e.param, 'temperature');
      }
      assert.equal((await received(mark)).length, 1, 'not retried');
    });

    test(`a vendor's 500 is retried, then the attempts are told${how}: ${kind.kind}`, async () => {
      const { text, mark } = marked('out of order');
      const e = await refused({ model: `${kind.provider}-failing/m`, max_tokens: 10, messages: [user(text)], stream });
      assert.ok(e instanceof OpenAI.InternalServerError, String(e));
      assert.equal(e.status, 503);
      assert.equal(e.code, 'all_providers_exhausted');
      assert.deepEqual(e.error.attempts.map((attempt) => attempt.status), [500, 500]);
      assert.equal((await received(mark)).length, 2);
    });
  }

  test(`a vendor's 401 is never the caller's, and its key is never told: ${kind.kind}`, async () => {
    const e = await refused({ model: `${kind.provider}-refused/m`, max_tokens: 10, messages: [user('bad credential')] });
    assert.ok(e instanceof OpenAI.InternalServerError, String(e));
    assert.equal(e.code, 'all_providers_exhausted');
    assert.equal(e.error.attempts[0].status, 401);
    assert.ok(!JSON.stringify(e.error).includes('canary'));
  });
}
