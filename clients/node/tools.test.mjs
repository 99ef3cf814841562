// openai: tools, whole and streamed, one and many, and their results.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caught, marked, openai, receivedOnce, user, weather } from './support/clients.mjs';
import { everyKind, simulator, vendors } from './support/kinds.mjs';

const question = 'call get_weather for Paris';

for (const kind of everyKind) {
  test(`a tool call: ${kind.kind}`, async () => {
    const { text, mark } = marked(question);
    const answer = await openai().chat.completions.create({ model: kind.model, messages: [user(text)], tools: [weather] });
    const { message, finish_reason } = answer.choices[0];
    assert.equal(finish_reason, 'tool_calls');
    assert.equal(message.tool_calls.length, 1);
    const [call] = message.tool_calls;
    assert.equal(call.type, 'function');
    assert.ok(call.id);
    assert.equal(call.function.name, 'get_weather');
    assert.equal(typeof call.function.arguments, 'string');
    if (kind !== simulator) {
      assert.equal(call.id, 'call_paris01');
      assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris', unit: 'celsius' });
      const { body } = await receivedOnce(mark);
      const schema = kind.wire === 'anthropic' ? body.tools[0].input_schema : body.tools[0].function.parameters;
      assert.deepEqual(schema, weather.function.parameters);
    }
  });

  test(`streamed arguments, put together by .stream(): ${kind.kind}`, async () => {
    const deltas = [];
    const runner = openai()
      .chat.completions.stream({ model: kind.model, messages: [user(question)], tools: [weather] })
      .on('tool_calls.function.arguments.delta', (event) => deltas.push(event.arguments_delta));
    const whole = await runner.finalChatCompletion();
    assert.equal(whole.choices[0].finish_reason, 'tool_calls');
    const [call] = whole.choices[0].message.tool_calls;
    assert.ok(call.id);
    assert.equal(call.function.name, 'get_weather');
    if (kind !== simulator) {
      assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris', unit: 'celsius' });
      assert.equal(deltas.join(''), call.function.arguments);
      assert.ok(deltas.length > 2, 'in pieces');
    }
  });
}

for (const kind of vendors) {
  test(`parallel calls, whole and streamed: ${kind.kind}`, async () => {
    const request = { model: kind.model, messages: [user('call both for Paris and Tokyo')], tools: [weather] };
    const plain = (await openai().chat.completions.create(request)).choices[0];
    const streamed = (await openai().chat.completions.stream(request).finalChatCompletion()).choices[0];
    for (const { message, finish_reason } of [plain, streamed]) {
      assert.equal(finish_reason, 'tool_calls');
      assert.deepEqual(
        message.tool_calls.map((call) => [call.id, call.function.name, JSON.parse(call.function.arguments).city]),
        [
          ['call_paris01', 'get_weather', 'Paris'],
          ['call_tokyo02', 'get_weather', 'Tokyo'],
        ],
      );
    }
  });

  test(`the pieces of parallel calls carry their index, and id and name once: ${kind.kind}`, async () => {
    const stream = await openai().chat.completions.create({
      model: kind.model,
      messages: [user('call both for Paris and Tokyo')],
      tools: [weather],
      stream: true,
    });
    const pieces = [];
    for await (const chunk of stream) {
      pieces.push(...(chunk.choices[0]?.delta?.tool_calls ?? []));
    }
    for (const index of [0, 1]) {
      const mine = pieces.filter((piece) => piece.index === index);
      assert.equal(mine.filter((piece) => piece.id).length, 1);
      assert.equal(mine.filter((piece) => piece.function?.name).length, 1);
      assert.ok(mine[0].id && mine[0].function.name && mine[0].type === 'function');
    }
    assert.deepEqual([...new Set(pieces.map((piece) => piece.index))], [0, 1]);
  });

  test(`words before a call: ${kind.kind}`, async () => {
    const request = { model: kind.model, messages: [user('speak and call')], tools: [weather] };
    const plain = (await openai().chat.completions.create(request)).choices[0];
    const streamed = (await openai().chat.completions.stream(request).finalChatCompletion()).choices[0];
    for (const { message, finish_reason } of [plain, streamed]) {
      assert.equal(finish_reason, 'tool_calls');
      assert.equal(message.content, 'Let me look that up.');
      assert.deepEqual(JSON.parse(message.tool_calls[0].function.arguments), { city: 'Paris' });
    }
  });

  test(`results go back and an answer comes: ${kind.kind}`, async () => {
    const { text, mark } = marked('call both for Paris and Tokyo');
    const first = await openai().chat.completions.create({ model: kind.model, messages: [user(text)], tools: [weather] });
    const { message } = first.choices[0];
    const results = message.tool_calls.map((call, i) => ({ role: 'tool', tool_call_id: call.id, content: `${18 + 7 * i} °C ${mark}-result` }));
    const second = await openai().chat.completions.create({ model: kind.model, messages: [user(text), message, ...results], tools: [weather] });
    assert.equal(second.choices[0].finish_reason, 'stop');
    assert.equal(second.choices[0].message.content, 'Paris 18 °C, Tokyo 25 °C.');

    const { body } = await receivedOnce(`${mark}-result`);
    if (kind.wire === 'openai') {
      assert.deepEqual(body.messages.map((m) => m.role), ['user', 'assistant', 'tool', 'tool']);
      assert.deepEqual(body.messages[1], message);
      assert.deepEqual(body.messages.slice(2), results);
    } else {
      assert.deepEqual(body.messages.map((m) => m.role), ['user', 'assistant', 'user']);
      const uses = body.messages[1].content.filter((block) => block.type === 'tool_use');
      assert.deepEqual(uses.map((use) => use.id), ['call_paris01', 'call_tokyo02']);
      assert.deepEqual(uses[1].input, { city: 'Tokyo', unit: 'celsius' });
      const answers = body.messages[2].content;
      assert.deepEqual(answers.map((block) => [block.type, block.tool_use_id]), [
        ['tool_result', 'call_paris01'],
        ['tool_result', 'call_tokyo02'],
      ]);
    }
  });

  test(`.runTools() goes the whole way: ${kind.kind}`, async () => {
    const asked = [];
    const runner = openai().chat.completions.runTools({
      model: kind.model,
      messages: [user(question)],
      tools: [
        {
          type: 'function',
          function: {
            ...weather.function,
            parse: JSON.parse,
            function: (given) => {
              asked.push(given.city);
              return '18 °C';
            },
          },
        },
      ],
    });
    assert.equal(await runner.finalContent(), 'It is 18 °C in Paris.');
    assert.deepEqual(asked, ['Paris']);
  });

  const forced = { type: 'function', function: { name: 'get_weather' } };
  const choices = [
    ['auto', 'auto', { type: 'auto' }],
    ['none', 'none', { type: 'none' }],
    ['required', 'required', { type: 'any' }],
    ['a named function', forced, { type: 'tool', name: 'get_weather' }],
  ];
  for (const [name, asked, anthropic] of choices) {
    test(`tool_choice ${name}: ${kind.kind}`, async () => {
      const { text, mark } = marked(question);
      await openai().chat.completions.create({ model: kind.model, messages: [user(text)], tools: [weather], tool_choice: asked });
      const { body } = await receivedOnce(mark);
      assert.deepEqual(body.tool_choice, kind.wire === 'anthropic' ? anthropic : asked);
    });
  }

  test(`parallel_tool_calls: false: ${kind.kind}`, async () => {
    const { text, mark } = marked(question);
    await openai().chat.completions.create({ model: kind.model, messages: [user(text)], tools: [weather], parallel_tool_calls: false });
    const { body } = await receivedOnce(mark);
    if (kind.wire === 'anthropic') {
      assert.deepEqual(body.tool_choice, { type: 'auto', disable_parallel_tool_use: true });
    } else {
      assert.equal(body.parallel_tool_calls, false);
    }
  });
}

test('a tool message without its call is the caller\'s fault, and is named: anthropic', async () => {
  const e = await caught(
    openai().chat.completions.create({
      model: 'claude-mock',
      messages: [user('Say hello'), { role: 'tool', content: '18 °C' }],
      tools: [weather],
    }),
  );
  assert.equal(e.status, 400);
  assert.match(e.message, /tool_call_id/);
});
