// @anthropic-ai/sdk: every refusal becomes the client's own typed exception.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropics, caught, user } from './support/clients.mjs';
import { vendors } from './support/kinds.mjs';

for (const { name, client, Anthropic } of anthropics) {
  const refused = (request, options) => caught(client().messages.create({ model: 'echo', max_tokens: 9, messages: [user('hi')], ...request }, options));

  const check = (e, type, status, code, kind) => {
    assert.ok(e instanceof type, String(e));
    assert.equal(e.status, status);
    assert.equal(e.error.type, 'error');
    assert.equal(e.error.error.code, code);
    assert.equal(e.error.error.type, kind);
    assert.ok(e.requestID);
    assert.equal(e.requestID, e.headers.get('x-signalbox-request-id'));
    assert.equal(e.error.request_id, e.requestID);
  };

  test(`404 model_not_found: ${name}`, async () => {
    check(await refused({ model: 'nobody' }), Anthropic.NotFoundError, 404, 'model_not_found', 'not_found_error');
  });

  for (const [field, request] of [
    ['messages', { messages: [] }],
    ['model', { model: '' }],
    ['max_tokens', { max_tokens: 'many' }],
    ['stream', { stream: 'yes' }],
  ]) {
    test(`400 names ${field}: ${name}`, async () => {
      const e = await refused(request);
      check(e, Anthropic.BadRequestError, 400, 'invalid_request', 'invalid_request_error');
      assert.match(e.message, new RegExp(`'${field}'`));
    });
  }

  test(`404 for batches: ${name}`, async () => {
    check(await caught(client().messages.batches.list()), Anthropic.NotFoundError, 404, 'not_found', 'not_found_error');
  });

  test(`503 all_providers_exhausted: ${name}`, async () => {
    const e = await refused({ model: 'doomed' });
    check(e, Anthropic.InternalServerError, 503, 'all_providers_exhausted', 'api_error');
    assert.equal(e.error.error.attempts.length, 2);
  });

  test(`504 timeout: ${name}`, async () => {
    const e = await refused({ model: 'silent/x' }, { headers: { 'x-signalbox-timeout': '200ms' } });
    check(e, Anthropic.InternalServerError, 504, 'timeout', 'timeout_error');
  });

  for (const kind of vendors) {
    test(`a refusal of the vendor's own: ${name}, ${kind.kind}`, async () => {
      const e = await refused({ model: kind.model, messages: [user('your fault')] });
      assert.ok(e instanceof Anthropic.BadRequestError);
      assert.match(e.message, /the mock does not like it/);
    });
  }

  test(`what another vendor cannot be asked is named: ${name}`, async () => {
    const e = await refused({ model: 'gpt-mock', container: 'container_1' });
    check(e, Anthropic.BadRequestError, 400, 'unsupported_parameter', 'invalid_request_error');
    assert.match(e.message, /container/);
  });
}
