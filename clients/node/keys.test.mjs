// openai: a gateway that wants virtual keys.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { caught, gatewayWithKeys, openai, user } from './support/clients.mjs';

const withKey = (apiKey) => openai({ baseURL: gatewayWithKeys, apiKey });
const ask = (apiKey, request = {}, options = {}) =>
  withKey(apiKey).chat.completions.create({ model: 'echo', messages: [user('hi')], ...request }, options);

test('a virtual key lets in, plain and streamed', async () => {
  assert.equal((await ask('clients-full-key')).choices[0].message.content, 'hi');
  const whole = await withKey('clients-full-key').chat.completions.stream({ model: 'echo', messages: [user('hi')] }).finalChatCompletion();
  assert.equal(whole.choices[0].message.content, 'hi');
});

for (const stream of [false, true]) {
  test(`AuthenticationError 401 invalid_api_key, stream: ${stream}`, async () => {
    const e = await caught(ask('clients-wrong-key', { stream }));
    assert.ok(e instanceof OpenAI.AuthenticationError);
    assert.equal(e.status, 401);
    assert.equal(e.code, 'invalid_api_key');
    assert.ok(!e.message.includes('clients-wrong-key'), 'the secret is not repeated');
  });
}

test('AuthenticationError without any credential, and for models.list()', async () => {
  const answer = await fetch(`${gatewayWithKeys}/models`);
  assert.equal(answer.status, 401);
  assert.equal((await answer.json()).error.code, 'invalid_api_key');
  assert.ok((await caught(withKey('clients-wrong-key').models.list())) instanceof OpenAI.AuthenticationError);
});

test('PermissionDeniedError 403 model_not_allowed and control_not_allowed', async () => {
  const model = await caught(ask('clients-narrow-key', { model: 'other' }));
  assert.ok(model instanceof OpenAI.PermissionDeniedError);
  assert.equal(model.code, 'model_not_allowed');
  const control = await caught(ask('clients-narrow-key', {}, { headers: { 'x-signalbox-provider': 'simulator' } }));
  assert.ok(control instanceof OpenAI.PermissionDeniedError);
  assert.equal(control.code, 'control_not_allowed');
  assert.ok(await ask('clients-narrow-key', {}, { headers: { 'x-signalbox-tags': 'a=b' } }));
});

test('a key lists only what it may use', async () => {
  const ids = async (key) => (await withKey(key).models.list()).data.map((model) => model.id);
  assert.deepEqual(await ids('clients-narrow-key'), ['echo']);
  assert.ok((await ids('clients-full-key')).includes('other'));
});

test('413 request_too_large and 415 unsupported_media_type', async () => {
  const large = await caught(ask('clients-full-key', { messages: [user('x'.repeat(100_000))] }));
  assert.ok(large instanceof OpenAI.APIError);
  assert.equal(large.status, 413);
  assert.equal(large.code, 'request_too_large');
  const answer = await fetch(`${gatewayWithKeys}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer clients-full-key', 'content-type': 'text/plain' },
    body: '{}',
  });
  assert.equal(answer.status, 415);
  assert.equal((await answer.json()).error.code, 'unsupported_media_type');
});

test('what a key is told can be limited: attempts, but neither provider nor cost', async () => {
  const request = { model: 'echo', messages: [user('hi')] };
  const told = async (key) => (await withKey(key).chat.completions.create(request).withResponse()).response.headers;
  const all = await told('clients-full-key');
  const some = await told('clients-discreet-key');
  for (const name of ['provider', 'model', 'cost-usd']) {
    assert.ok(all.get(`x-signalbox-${name}`), name);
    assert.equal(some.get(`x-signalbox-${name}`), null, name);
  }
  assert.equal(some.get('x-signalbox-attempts'), '1');
});
