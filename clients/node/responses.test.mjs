// openai: responses that follow one another, and are fetched and deleted, with each kind of provider behind the gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { caught, marked, openai, receivedOnce } from './support/clients.mjs';
import { everyKind, others } from './support/kinds.mjs';

const { responses } = openai();

for (const { kind, model } of [...everyKind, ...others]) {
  test(`previous_response_id, retrieve() and delete(): ${kind}`, async () => {
    const first = await responses.create({ model, max_output_tokens: 500, input: 'Say hello', instructions: 'Be brief.' });
    const { text, mark } = marked('Say hello again');
    const second = await responses.create({ model, max_output_tokens: 500, input: text, previous_response_id: first.id });
    assert.equal(second.previous_response_id, first.id);
    assert.notEqual(second.id, first.id);
    if (kind !== 'simulator') {
      const { text: sent, path } = await receivedOnce(mark);
      if (!path.endsWith('/responses')) { // who is asked there is told the id
        assert.ok(sent.includes(JSON.stringify(first.output_text)), `what was said before: ${sent}`);
      }
      assert.ok(!sent.includes('Be brief.'), 'instructions do not carry over');
    }

    const again = await responses.retrieve(second.id);
    assert.equal(again.id, second.id);
    assert.equal(again.output_text, second.output_text);
    assert.equal(again.status, 'completed');

    await responses.delete(second.id);
    assert.ok((await caught(responses.retrieve(second.id))) instanceof OpenAI.NotFoundError);
    assert.ok((await caught(responses.delete(second.id))) instanceof OpenAI.NotFoundError);
    assert.equal((await responses.retrieve(first.id)).id, first.id);
  });

  test(`the events of a stream, in their order: ${kind}`, async () => {
    const events = [];
    for await (const event of await responses.create({ model, max_output_tokens: 500, input: 'Say hello', stream: true })) {
      if (kind !== 'openai') { // whose answers are aimock's own, which does not count them
        assert.equal(event.sequence_number, events.length);
      }
      events.push(event);
    }
    const order = events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);
    const said = order.filter((type) => type !== 'response.queued');
    assert.deepEqual(said, [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    assert.equal((await responses.retrieve(events.at(-1).response.id)).output_text, events.filter((e) => e.delta).map((e) => e.delta).join(''));
  });
}

test('a previous response that nobody made: BadRequestError', async () => {
  const e = await caught(responses.create({ model: 'echo', input: 'hi', previous_response_id: 'resp_nobodys' }));
  assert.ok(e instanceof OpenAI.BadRequestError, String(e));
  assert.match(e.message, /resp_nobodys/);
});

test('store: false leaves nothing behind', async () => {
  const answer = await responses.create({ model: 'echo', input: 'hi', store: false });
  assert.ok((await caught(responses.retrieve(answer.id))) instanceof OpenAI.NotFoundError);
});
