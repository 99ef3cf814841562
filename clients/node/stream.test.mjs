// openai: streams, as an async iterator and by the .stream() helper.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateway, marked, openai, received, receivedOnce, user } from './support/clients.mjs';
import { answerTo, everyKind, vendors } from './support/kinds.mjs';

const chunksOf = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return chunks;
};
const textOf = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join('');

for (const kind of everyKind) {
  test(`stream: true: ${kind.kind}`, async () => {
    const { text } = marked('Say hello');
    const stream = await openai().chat.completions.create({ model: kind.model, messages: [user(text)], stream: true });
    const chunks = await chunksOf(stream);

    assert.equal(textOf(chunks), answerTo(kind, text));
    assert.ok(chunks.filter((chunk) => chunk.choices[0]?.delta?.content).length > 2, 'in pieces');
    assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1, 'one id');
    assert.ok(chunks[0].id);
    for (const chunk of chunks) {
      assert.equal(chunk.object, 'chat.completion.chunk');
      assert.equal(chunk.model, kind.upstream);
      assert.ok(Number.isInteger(chunk.created));
      assert.ok(!chunk.usage, 'usage was not asked for');
      assert.equal(chunk.choices.length, 1, 'the usage chunk is stripped');
    }
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    assert.deepEqual(
      chunks.map((chunk) => chunk.choices[0].finish_reason).filter(Boolean),
      ['stop'],
    );
  });

  test(`stream_options.include_usage: ${kind.kind}`, async () => {
    const { text } = marked('Say hello');
    const stream = await openai().chat.completions.create({
      model: kind.model,
      messages: [user(text)],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await chunksOf(stream);
    const last = chunks.pop();
    assert.deepEqual(last.choices, []);
    assert.ok(chunks.every((chunk) => !chunk.usage));
    assert.equal(last.usage.total_tokens, last.usage.prompt_tokens + last.usage.completion_tokens);
    assert.ok(last.usage.completion_tokens > 0);
    if (kind.usage) {
      assert.equal(last.usage.prompt_tokens, kind.usage.prompt_tokens);
      assert.equal(last.usage.completion_tokens, kind.usage.completion_tokens);
    }
  });

  test(`.stream() and finalChatCompletion(): ${kind.kind}`, async () => {
    const { text } = marked('Say hello');
    const deltas = [];
    const runner = openai()
      .chat.completions.stream({ model: kind.model, messages: [user(text)], stream_options: { include_usage: true } })
      .on('content', (delta) => deltas.push(delta));
    const whole = await runner.finalChatCompletion();
    assert.equal(whole.choices[0].message.content, answerTo(kind, text));
    assert.equal(whole.choices[0].finish_reason, 'stop');
    assert.equal(whole.object, 'chat.completion');
    assert.equal(deltas.join(''), answerTo(kind, text));
    assert.ok((await runner.totalUsage()).total_tokens > 0);
  });

  test(`headers and facts of a stream: ${kind.kind}`, async () => {
    const answer = await fetch(`${gateway}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: kind.model, stream: true, messages: [user('Say hello')] }),
    });
    assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
    assert.equal(answer.headers.get('x-signalbox-provider'), kind.provider);
    assert.equal(answer.headers.get('x-signalbox-model'), kind.upstream);
    assert.equal(answer.headers.get('x-signalbox-cost-usd'), null);
    const blocks = (await answer.text()).trimEnd().split('\n\n');
    assert.equal(blocks.at(-1), 'data: [DONE]');
    assert.match(blocks.at(-2), /^: signalbox \{.*\}$/);
    const facts = JSON.parse(blocks.at(-2).slice(': signalbox '.length));
    assert.equal(facts.id, answer.headers.get('x-signalbox-request-id'));
    assert.equal(facts.provider, kind.provider);
    assert.equal(facts.model, kind.model, 'as in the ledger: the public name');
    assert.equal(facts.deployment, `${kind.provider}/${kind.upstream}`);
    assert.ok(facts.latency_ms >= facts.first_token_ms);
    assert.equal(facts.strategy, 'priority');
    assert.equal(facts.attempts.length, 1);
    assert.ok(facts.cost_usd > 0);
    for (const count of ['input_tokens', 'output_tokens', 'cached_tokens', 'cache_write_tokens', 'reasoning_tokens']) {
      assert.ok(count in facts, count);
    }
  });
}

for (const kind of vendors) {
  test(`letters of every script are never torn: ${kind.kind}`, async () => {
    const stream = await openai().chat.completions.create({ model: kind.model, messages: [user('other letters')], stream: true });
    const chunks = await chunksOf(stream);
    assert.equal(textOf(chunks), 'Grüße aus Zürich, 東京からこんにちは, Привет.');
  });

  test(`usage is asked for in any case: ${kind.kind}`, async () => {
    const { text, mark } = marked('Say hello');
    await chunksOf(await openai().chat.completions.create({ model: kind.model, messages: [user(text)], stream: true }));
    const { body, end } = await receivedOnce(mark);
    assert.equal(body.stream, true);
    if (kind.wire === 'openai') {
      assert.equal(body.stream_options.include_usage, true);
    } else {
      assert.ok(!('stream_options' in body));
    }
    assert.equal(end, 'whole');
  });

  test(`thinking comes as reasoning_content: ${kind.kind}`, async () => {
    const messages = [user('think: 2 + 2?')];
    const plain = await openai().chat.completions.create({ model: kind.model, messages });
    assert.equal(plain.choices[0].message.content, 'It is 4.');
    assert.equal(plain.choices[0].message.reasoning_content, 'Two and two make four.');
    const chunks = await chunksOf(await openai().chat.completions.create({ model: kind.model, messages, stream: true }));
    assert.equal(textOf(chunks), 'It is 4.');
    assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta?.reasoning_content ?? '').join(''), 'Two and two make four.');
  });

  test(`a stream that breaks off is an error, never a silent end: ${kind.kind}`, async () => {
    const { text, mark } = marked('breaks off');
    const stream = await openai().chat.completions.create({ model: kind.model, messages: [user(text)], stream: true });
    let words = '';
    await assert.rejects(
      async () => {
        for await (const chunk of stream) {
          words += chunk.choices[0]?.delta?.content ?? '';
        }
      },
      (e) => {
        assert.equal(e.constructor.name, 'APIError');
        assert.ok(e.message.length > 0);
        return true;
      },
    );
    assert.match(words, /^word /);
    assert.equal((await received(mark)).length, 1, 'not retried after the first token');
  });

  test(`thousands of chunks, none missing and none twice: ${kind.kind}`, async () => {
    const request = { model: kind.model, messages: [user('a long story')], stream: true };
    const texts = await Promise.all(
      Array.from({ length: 4 }, async () => textOf(await chunksOf(await openai().chat.completions.create(request)))),
    );
    for (const text of texts) {
      assert.ok(text === 'Once upon a time. '.repeat(3000));
    }
  });

  test(`chunks are forwarded as they arrive: ${kind.kind}`, async () => {
    const controller = new AbortController();
    const begin = Date.now();
    const stream = await openai().chat.completions.create(
      { model: kind.model, messages: [user('slowly')], stream: true },
      { signal: controller.signal },
    );
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta?.content) {
        break;
      }
    }
    assert.ok(Date.now() - begin < 2000, `the first token came after ${Date.now() - begin} ms of 10 s`);
    controller.abort();
  });
}
