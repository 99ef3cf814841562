// @anthropic-ai/sdk, of version 1 and of 2025: answers, streams, tools, counts and models, from every kind of upstream.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropics, caught, marked, pixel, receivedOnce, user } from './support/clients.mjs';
import { answerTo, everyKind, vendors } from './support/kinds.mjs';

const weather = {
  name: 'get_weather',
  description: 'The weather in a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

for (const { name, client, clientOfKeys, Anthropic } of anthropics) {
  for (const kind of everyKind) {
    const on = `${name}, ${kind.kind}`;
    const ask = (text, more = {}) => ({ model: kind.model, max_tokens: 200, messages: [user(text)], ...more });

    test(`messages.create: ${on}`, async () => {
      const { data, response } = await client().messages.create(ask('Say hello')).withResponse();
      assert.equal(data.type, 'message');
      assert.equal(data.role, 'assistant');
      assert.equal(data.model, kind.upstream);
      assert.equal(data.content[0].text, answerTo(kind, 'Say hello'));
      assert.equal(data.stop_reason, 'end_turn');
      assert.ok(data.usage.input_tokens > 0 && data.usage.output_tokens > 0);
      assert.equal(data._request_id, response.headers.get('x-signalbox-request-id'));
      assert.equal(response.headers.get('x-signalbox-provider'), kind.provider);
    });

    test(`messages.stream: ${on}`, async () => {
      const stream = client().messages.stream(ask('Say hello'));
      const events = [];
      stream.on('streamEvent', (event) => events.push(event.type));
      let text = '';
      stream.on('text', (delta) => (text += delta));
      const message = await stream.finalMessage();
      assert.equal(text, answerTo(kind, 'Say hello'));
      assert.equal(message.content[0].text, text);
      assert.equal(message.stop_reason, 'end_turn');
      assert.ok(message.usage.output_tokens > 0);
      assert.ok(message.usage.input_tokens > 0, 'the prompt is counted at the end at the latest');
      assert.equal(events[0], 'message_start');
      assert.equal(events.at(-1), 'message_stop');
    });

    test(`messages.create({ stream: true }): ${on}`, async () => {
      const types = [];
      for await (const event of await client().messages.create({ ...ask('Say hello'), stream: true })) {
        types.push(event.type);
      }
      assert.equal(types.filter((type) => type === 'message_start').length, 1);
      assert.equal(types.at(-1), 'message_stop');
    });

    test(`tools, plain and streamed: ${on}`, async () => {
      const asked = ask('call get_weather', { tools: [weather] });
      for (const message of [await client().messages.create(asked), await client().messages.stream(asked).finalMessage()]) {
        const call = message.content.find((block) => block.type === 'tool_use');
        assert.equal(call.name, 'get_weather');
        assert.equal(typeof call.input, 'object');
        assert.equal(message.stop_reason, 'tool_use');
        if (kind.hello) {
          assert.equal(call.input.city, 'Paris');
          const end = await client().messages.create({
            ...asked,
            messages: [...asked.messages, { role: 'assistant', content: message.content }, user([{ type: 'tool_result', tool_use_id: call.id, content: '18' }])],
          });
          assert.equal(end.content[0].text, 'It is 18 °C in Paris.');
        }
      }
    });

    test(`messages.countTokens: ${on}`, async (t) => {
      if (kind.wire === 'anthropic') {
        t.skip('the mock of the vendors does not count');
        return;
      }
      const { data, response } = await client().messages.countTokens({ model: kind.model, messages: [user('Say hello')] }).withResponse();
      assert.ok(data.input_tokens > 0);
      assert.equal(response.headers.get('x-signalbox-emulated'), kind.upstream.startsWith('gpt-4o') ? null : 'input_tokens');
    });
  }

  for (const kind of vendors) {
    test(`parallel calls, streamed: ${name}, ${kind.kind}`, async () => {
      const message = await client()
        .messages.stream({ model: kind.model, max_tokens: 200, tools: [weather], messages: [user('call both')] })
        .finalMessage();
      const calls = message.content.filter((block) => block.type === 'tool_use');
      assert.deepEqual(calls.map((call) => call.input.city), ['Paris', 'Tokyo']);
      assert.equal(new Set(calls.map((call) => call.id)).size, 2);
    });

    test(`pictures, system and stop sequences arrive: ${name}, ${kind.kind}`, async () => {
      const { text, mark } = marked('Say hello');
      await client().messages.create({
        model: kind.model,
        max_tokens: 200,
        system: [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }],
        stop_sequences: ['END'],
        messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }, { type: 'text', text }])],
      });
      const { body } = await receivedOnce(mark);
      const sent = JSON.stringify(body);
      assert.ok(sent.includes(pixel) && sent.includes('be brief') && sent.includes('END'));
    });
  }

  test(`thinking comes back with its signature: ${name}`, async () => {
    const asked = { model: 'claude-mock', max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 }, messages: [user('think')] };
    const plain = await client().messages.create(asked);
    const streamed = await client().messages.stream(asked).finalMessage();
    for (const message of [plain, streamed]) {
      assert.deepEqual(message.content.map((block) => block.type), ['thinking', 'text']);
      assert.equal(message.content[0].thinking, 'Two and two make four.');
    }
  });

  test(`models.list in pages, models.retrieve: ${name}`, async () => {
    const ids = [];
    for await (const model of client().models.list({ limit: 2 })) {
      assert.equal(model.type, 'model');
      ids.push(model.id);
    }
    for (const id of ['echo', 'gpt-mock', 'compatible-mock', 'claude-mock', 'default']) {
      assert.ok(ids.includes(id), ids.join());
    }
    assert.equal(new Set(ids).size, ids.length);
    assert.equal((await client().models.retrieve('openai/gpt-4o-mini')).id, 'openai/gpt-4o-mini');
  });

  test(`virtual keys: ${name}`, async () => {
    const hello = { model: 'echo', max_tokens: 9, messages: [user('hi')] };
    assert.equal((await clientOfKeys('clients-full-key').messages.create(hello)).content[0].text, 'hi');
    const unknown = await caught(clientOfKeys('nobodys-key').messages.create(hello));
    assert.ok(unknown instanceof Anthropic.AuthenticationError);
    const narrow = await caught(clientOfKeys('clients-narrow-key').messages.create({ ...hello, model: 'other' }));
    assert.ok(narrow instanceof Anthropic.PermissionDeniedError);
  });
}
