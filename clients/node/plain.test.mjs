// openai: plain answers, what they say, what reaches the vendor.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { gateway, marked, openai, receivedOnce, user } from './support/clients.mjs';
import { answerTo, everyKind, vendors } from './support/kinds.mjs';

for (const kind of everyKind) {
  test(`plain: ${kind.kind}`, async () => {
    const { text } = marked('Say hello');
    const answer = await openai().chat.completions.create({ model: kind.model, messages: [user(text)] });

    assert.equal(answer.object, 'chat.completion');
    assert.ok(answer.id);
    assert.ok(Number.isInteger(answer.created) && answer.created > 1_600_000_000);
    assert.equal(answer.model, kind.upstream);
    assert.equal(answer.choices.length, 1);
    assert.equal(answer.choices[0].index, 0);
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.choices[0].message.role, 'assistant');
    assert.equal(answer.choices[0].message.content, answerTo(kind, text));
    assert.ok(!answer.choices[0].message.tool_calls);
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
    if (kind.usage) {
      assert.equal(answer.usage.prompt_tokens, kind.usage.prompt_tokens);
      assert.equal(answer.usage.completion_tokens, kind.usage.completion_tokens);
    }
  });

  test(`headers by withResponse(): ${kind.kind}`, async () => {
    const { data, response, request_id } = await openai()
      .chat.completions.create({ model: kind.model, messages: [user('Say hello')] })
      .withResponse();

    assert.ok(data.choices[0].message.content);
    const header = (name) => response.headers.get(`x-signalbox-${name}`);
    assert.ok(header('request-id'));
    assert.equal(request_id, header('request-id'));
    assert.equal(data._request_id, request_id);
    assert.equal(header('provider'), kind.provider);
    assert.equal(header('model'), kind.upstream);
    assert.equal(header('strategy'), 'priority');
    assert.equal(header('attempts'), '1');
    assert.match(header('cache'), /^(off|miss)$/);
    assert.match(header('cost-usd'), /^\d+(\.\d+)?$/);
    assert.match(header('latency-ms'), /^\d+(\.\d+)?$/);
    assert.match(header('overhead-ms'), /^\d+(\.\d+)?$/);
    const timing = response.headers.get('server-timing');
    assert.match(timing, /\badmit\b.*\broute\b/);
    if (kind.usage) {
      assert.equal(Number(header('cost-usd')), (21 * 2.5 + 9 * 10) / 1e6);
    }
  });

  test(`the caller's own request id is kept beside the gateway's: ${kind.kind}`, async () => {
    const { response } = await openai()
      .chat.completions.create({ model: kind.model, messages: [user('Say hello')] }, { headers: { 'x-request-id': 'mine-42' } })
      .withResponse();
    assert.equal(response.headers.get('x-request-id'), 'mine-42');
    assert.notEqual(response.headers.get('x-signalbox-request-id'), 'mine-42');
  });
}

for (const kind of vendors) {
  test(`straight to provider/upstream-model: ${kind.kind}`, async () => {
    const answer = await openai().chat.completions.create({
      model: `${kind.provider}/some-other-model`,
      max_tokens: 50,
      messages: [user('Say hello')],
    });
    assert.equal(answer.model, 'some-other-model');
    assert.equal(answer.choices[0].message.content, kind.hello);
  });

  test(`letters of every script arrive whole: ${kind.kind}`, async () => {
    const { text, mark } = marked('other letters: žluťoučký 🐎, العربية');
    const answer = await openai().chat.completions.create({ model: kind.model, messages: [user(text)] });
    assert.equal(answer.choices[0].message.content, 'Grüße aus Zürich, 東京からこんにちは, Привет.');
    assert.ok(JSON.stringify((await receivedOnce(mark)).body).includes('žluťoučký 🐎, العربية'));
  });

  test(`the vendor gets its own credential and nothing of the gateway's: ${kind.kind}`, async () => {
    const { text, mark } = marked('Say hello');
    await openai({ apiKey: 'callers-own' }).chat.completions.create(
      { model: kind.model, messages: [user(text)] },
      { headers: { 'x-signalbox-tags': 'team=search', 'x-signalbox-retries': '0', 'x-foreign': 'no' } },
    );
    const { headers } = await receivedOnce(mark);
    const credential = kind.wire === 'anthropic' ? headers['x-api-key'] : headers.authorization;
    assert.equal(credential, kind.wire === 'anthropic' ? 'canary-claude' : `Bearer canary-${kind.provider}`);
    assert.ok(!JSON.stringify(headers).includes('callers-own'));
    assert.deepEqual(Object.keys(headers).filter((name) => /^x-(signalbox|stainless|foreign)/.test(name)), []);
  });
}

for (const kind of vendors.filter(({ wire }) => wire === 'openai')) {
  test(`same wire, fields the gateway does not know pass untouched: ${kind.kind}`, async () => {
    const { text, mark } = marked('Say hello');
    const own = { deep: [1, { a: null }], number: 1.5 };
    await openai().chat.completions.create({
      model: kind.model,
      messages: [{ ...user(text), vendor_extra: own }],
      seed: 7,
      logit_bias: { 50256: -100 },
      metadata: { a: 'b' },
      vendor_extra: own,
    });
    const { body } = await receivedOnce(mark);
    assert.equal(body.model, kind.upstream);
    assert.deepEqual(body.vendor_extra, own);
    assert.deepEqual(body.messages[0].vendor_extra, own);
    assert.equal(body.seed, 7);
    assert.deepEqual(body.logit_bias, { 50256: -100 });
  });
}

for (const kind of vendors.filter(({ wire }) => wire === 'openai')) {
  test(`same wire, numbers pass as written: ${kind.kind}`, async () => {
    const { text, mark } = marked('Say hello');
    const sent = `{"model":"${kind.model}","temperature":0.70,"vendor_number":12345678901234567890,"vendor_decimal":1.10,"messages":[{"role":"user","content":"${text}"}]}`;
    const answer = await fetch(`${gateway}/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: sent });
    assert.equal(answer.status, 200);
    const { text: got } = await receivedOnce(mark);
    for (const number of [/"temperature" *: *0\.70\b/, /12345678901234567890/, /"vendor_decimal" *: *1\.10\b/]) {
      assert.match(got, number);
    }
  });

  test(`same wire, what the vendor adds comes back: ${kind.kind}`, async () => {
    const request = { model: kind.model, messages: [user('a long story')] };
    assert.equal((await openai().chat.completions.create(request)).system_fingerprint, 'fp_mock');
    for await (const chunk of await openai().chat.completions.create({ ...request, stream: true })) {
      assert.equal(chunk.system_fingerprint, 'fp_mock');
    }
  });
}

for (const kind of everyKind) {
  test(`a gzip body: ${kind.kind}`, async () => {
    const { text } = marked('Say hello');
    const answer = await fetch(`${gateway}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ model: kind.model, messages: [user(text)] })),
    });
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).choices[0].message.content, answerTo(kind, text));
  });

  test(`a prompt of two megabytes: ${kind.kind}`, async () => {
    const long = 'Lorem ipsum 東京 '.repeat(100_000);
    const answer = await openai().chat.completions.create({
      model: kind.model,
      messages: [{ role: 'system', content: long }, user('Say hello')],
    });
    assert.equal(answer.choices[0].message.content, answerTo(kind, 'Say hello'));
  });
}
