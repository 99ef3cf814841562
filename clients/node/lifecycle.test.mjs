// openai: retries of the client, time limits, and streams that a caller leaves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { caught, eventually, marked, openai, received, receivedOnce, user } from './support/clients.mjs';
import { vendors } from './support/kinds.mjs';

for (const kind of vendors) {
  test(`a 429 of the vendor becomes 503 with Retry-After, and a client that honours it succeeds: ${kind.kind}`, async () => {
    const { text, mark } = marked('too fast once');
    const request = { model: `${kind.provider}-limited/m-${mark.slice(1)}`, max_tokens: 10, messages: [user(text)] };
    const begin = Date.now();
    const answer = await openai({ maxRetries: 1 }).chat.completions.create(request);
    const took = Date.now() - begin;
    assert.equal(answer.choices[0].message.content, 'Now it is fine.');
    assert.ok(took >= 1900, `the client came back after ${took} ms, though told to wait 2 s`);
    assert.ok(took < 4000, `the client came back only after ${took} ms`);
    const calls = await received(mark);
    assert.deepEqual(calls.map((call) => call.status), [429, 200], 'never hammered');
  });

  test(`an aborted stream cancels the vendor's within a second: ${kind.kind}`, async () => {
    const { text, mark } = marked('slowly');
    const controller = new AbortController();
    const stream = await openai().chat.completions.create(
      { model: kind.model, messages: [user(text)], stream: true },
      { signal: controller.signal },
    );
    let words = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta?.content && ++words === 3) {
        controller.abort();
      }
    }
    const left = Date.now();
    const call = await eventually(async () => {
      const one = await receivedOnce(mark);
      assert.equal(one.end, 'cut');
      return one;
    });
    assert.ok(call.endedAt - left < 1000, `the vendor's stream was cut after ${call.endedAt - left} ms`);
    const after = await openai().chat.completions.create({ model: kind.model, messages: [user('Say hello')] });
    assert.equal(after.choices[0].message.content, kind.hello);
  });

  test(`leaving the loop of a stream cancels it as well: ${kind.kind}`, async () => {
    const { text, mark } = marked('slowly');
    const stream = await openai().chat.completions.create({ model: kind.model, messages: [user(text)], stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta?.content) {
        break;
      }
    }
    await eventually(async () => assert.equal((await receivedOnce(mark)).end, 'cut'));
  });

  test(`a stream that is aborted before its first token is cancelled too: ${kind.kind}`, async () => {
    const { text, mark } = marked('takes its time');
    const controller = new AbortController();
    const answering = caught(
      openai().chat.completions.create({ model: kind.model, messages: [user(text)], stream: true }, { signal: controller.signal }),
    );
    await eventually(async () => assert.equal((await received(mark)).length, 1));
    controller.abort();
    assert.ok((await answering) instanceof OpenAI.APIUserAbortError);
    await eventually(async () => assert.equal((await receivedOnce(mark)).end, 'cut'), { within: 1000 });
  });

  test(`an aborted plain call cancels the vendor's: ${kind.kind}`, async () => {
    const { text, mark } = marked('takes its time');
    const controller = new AbortController();
    const answering = caught(
      openai().chat.completions.create({ model: kind.model, messages: [user(text)] }, { signal: controller.signal }),
    );
    await eventually(async () => assert.equal((await received(mark)).length, 1));
    const left = Date.now();
    controller.abort();
    assert.ok((await answering) instanceof OpenAI.APIUserAbortError);
    await eventually(async () => {
      const { end, endedAt } = await receivedOnce(mark);
      assert.equal(end, 'cut');
      assert.ok(endedAt - left < 1000);
    });
  });
}

test('APIConnectionTimeoutError when the client has waited long enough; the gateway stays fine', async () => {
  const e = await caught(openai({ timeout: 300 }).chat.completions.create({ model: 'silent/sim-1', messages: [user('hi')] }));
  assert.ok(e instanceof OpenAI.APIConnectionTimeoutError, String(e));
  const after = await openai().chat.completions.create({ model: 'echo', messages: [user('hi')] });
  assert.equal(after.choices[0].message.content, 'hi');
});

test('x-signalbox-timeout: 504 timeout, whole and streamed', async () => {
  for (const stream of [false, true]) {
    const begin = Date.now();
    const e = await caught(
      openai().chat.completions.create(
        { model: 'silent/sim-1', messages: [user('hi')], stream },
        { headers: { 'x-signalbox-timeout': '400ms' } },
      ),
    );
    assert.ok(e instanceof OpenAI.InternalServerError, String(e));
    assert.equal(e.status, 504);
    assert.equal(e.code, 'timeout');
    assert.ok(Date.now() - begin < 2000);
  }
});

test('APIConnectionError when there is nobody', async () => {
  const e = await caught(
    openai({ baseURL: 'http://127.0.0.1:9/v1' }).chat.completions.create({ model: 'echo', messages: [user('hi')] }),
  );
  assert.ok(e instanceof OpenAI.APIConnectionError);
});

test('a 400 is not retried by the client, a 503 is', async () => {
  const counted = (counts) => ({
    maxRetries: 2,
    fetch: (...args) => {
      counts.push(args);
      return fetch(...args);
    },
  });
  const bad = [];
  await caught(openai(counted(bad)).chat.completions.create({ model: 'echo', messages: [] }));
  assert.equal(bad.length, 1);
  const worse = [];
  await caught(openai(counted(worse)).chat.completions.create({ model: 'doomed', messages: [user('hi')] }));
  assert.equal(worse.length, 3);
});

test('fifty streams at once, a third of them left midway', async () => {
  const results = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const stream = await openai().chat.completions.create({ model: 'slow/sim-1', messages: [user(`one two three four five number ${i}`)], stream: true });
      let text = '';
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta?.content ?? '';
        if (i % 3 === 0 && text.length > 5) {
          return true;
        }
      }
      return text === `one two three four five number ${i}`;
    }),
  );
  assert.ok(results.every(Boolean));
});
