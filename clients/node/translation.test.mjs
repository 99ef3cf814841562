// openai: what OpenAI's dialect says, as it reaches Anthropic, and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { zodFunction } from 'openai/helpers/zod';
import { z } from 'zod';
import { caught, marked, openai, pixel, receivedOnce, user, weather } from './support/clients.mjs';

const model = 'claude-mock';
const ask = async (words, request = () => ({})) => {
  const { text, mark } = marked(words);
  const { data, response } = await openai()
    .chat.completions.create({ model, messages: [user(text)], ...request(text) })
    .withResponse();
  return { answer: data, told: response.headers, ...(await receivedOnce(mark)), mark };
};

test('the vendor is called as its own client would', async () => {
  const { path, headers, body } = await ask('Say hello');
  assert.match(path, /^\/v1\/messages(\?|$)/);
  assert.match(headers['anthropic-version'], /^\d{4}-\d\d-\d\d$/);
  assert.equal(headers.authorization, undefined);
  assert.ok(!body.stream);
});

test('a system prompt in the middle keeps its words, and only roles that Anthropic knows are sent', async () => {
  const { body, text } = await ask('Say hello', (words) => ({
    messages: [user('One?'), { role: 'system', content: 'Now be brief.' }, { role: 'assistant', content: 'Two.' }, user(words)],
  }));
  assert.ok(text.includes('Now be brief.'));
  assert.ok(body.messages.every(({ role }) => ['user', 'assistant', 'system'].includes(role)));
  assert.equal(body.messages[0].role, 'user');
});

test('a document by data URL', async () => {
  const data = Buffer.from('%PDF-1.4 test').toString('base64');
  const { body } = await ask('Say hello', (text) => ({
    messages: [
      user([
        { type: 'text', text },
        { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` } },
      ]),
    ],
  }));
  const document = body.messages[0].content[1];
  assert.equal(document.type, 'document');
  assert.deepEqual(document.source, { type: 'base64', media_type: 'application/pdf', data });
});

test('prompt-cache marks stay where they were set', async () => {
  const cache_control = { type: 'ephemeral' };
  const { body } = await ask('Say hello', (text) => ({
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Long and constant.', cache_control }] },
      user([{ type: 'text', text, cache_control }]),
    ],
  }));
  assert.deepEqual(body.system[0].cache_control, cache_control);
  assert.deepEqual(body.messages[0].content[0].cache_control, cache_control);
});

test('the user goes into metadata.user_id', async () => {
  const { body } = await ask('Say hello', () => ({ user: 'user-42' }));
  assert.equal(body.metadata.user_id, 'user-42');
});

test('reasoning_effort makes it think', async () => {
  const { body } = await ask('think: 2 + 2?', () => ({ reasoning_effort: 'high', max_completion_tokens: 4000 }));
  assert.ok(body.thinking || body.output_config?.effort, 'thinking is asked for');
  if (body.thinking?.budget_tokens) {
    assert.ok(body.max_tokens > body.thinking.budget_tokens);
  }
});

test('settings that ask for nothing are no reason to refuse', async () => {
  await ask('Say hello', () => ({
    n: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    logprobs: false,
    logit_bias: {},
    response_format: { type: 'text' },
  }));
});

test('null is as good as absent', async () => {
  const { body } = await ask('Say hello', () => ({ stop: null, temperature: null, max_tokens: null, tools: null, response_format: null, n: null, seed: null }));
  assert.equal(body.max_tokens, 4096);
  assert.ok(!Object.values(body).includes(null));
});

for (const [field, value] of Object.entries({ seed: 7, frequency_penalty: 0.5, presence_penalty: 0.5, logprobs: true })) {
  test(`what cannot be said is refused by name: ${field}`, async () => {
    const e = await caught(openai().chat.completions.create({ model, messages: [user('Say hello')], [field]: value }));
    assert.ok(e instanceof OpenAI.BadRequestError);
    assert.equal(e.code, 'unsupported_parameter');
    assert.match(e.message, new RegExp(field));
  });
}

test('sound is refused by name', async () => {
  const e = await caught(
    openai().chat.completions.create({
      model,
      messages: [user([{ type: 'text', text: 'Say hello' }, { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }])],
    }),
  );
  assert.ok(e instanceof OpenAI.BadRequestError);
  assert.equal(e.code, 'unsupported_parameter');
  assert.match(e.message, /messages\[0\]\.content\[1\]|input_audio/);
});

test('json_object is emulated and said so, or refused; never dropped in silence', async () => {
  try {
    const { told } = await ask('as json', () => ({ response_format: { type: 'json_object' } }));
    assert.match(told.get('x-signalbox-emulated') ?? '', /response_format/);
  } catch (e) {
    assert.ok(e instanceof OpenAI.BadRequestError, String(e));
    assert.match(e.message, /response_format/);
  }
});

test('finish reasons: a stop sequence is stop, a refusal is content_filter', async () => {
  const reason = async (words) => (await ask(words)).answer.choices[0].finish_reason;
  assert.equal(await reason('a stop sequence'), 'stop');
  assert.equal(await reason('a refusal'), 'content_filter');
});

const refusedNames = {
  'with dots and slashes': 'weather.now/v2',
  'of another script': '天気_Zürich',
  'that looks like a mapped one': 'weather_x2e_now',
  'too long': 'weather.now/v2 with a name that is far longer than the sixty-four characters that fit',
};
for (const [how, name] of Object.entries(refusedNames)) {
  test(`a tool name that Anthropic refuses is mapped, and the caller sees its own: ${how}`, async () => {
    const tool = { type: 'function', function: { name, parameters: { type: 'object', properties: {} } } };
    const request = { tools: [tool], tool_choice: { type: 'function', function: { name } } };
    const { answer, body, mark } = await ask('first tool', () => request);
    assert.match(body.tools[0].name, /^[a-zA-Z0-9_-]{1,64}$/);
    assert.deepEqual(body.tool_choice, { type: 'tool', name: body.tools[0].name });
    const { message } = answer.choices[0];
    assert.equal(message.tool_calls[0].function.name, name);

    const again = marked('first tool').text;
    const streamed = await openai().chat.completions.stream({ model, messages: [user(again)], ...request }).finalChatCompletion();
    assert.equal(streamed.choices[0].message.tool_calls[0].function.name, name);

    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: `fine ${mark}-result` };
    await openai().chat.completions.create({ model, messages: [user(`first tool ${mark}`), message, result], tools: [tool] });
    const second = (await receivedOnce(`${mark}-result`)).body;
    assert.equal(second.messages[1].content.find((block) => block.type === 'tool_use').name, body.tools[0].name);
  });
}

test('call ids that Anthropic refuses are mapped, and stay a pair', async () => {
  const id = 'functions.get_weather:0 / ü';
  const { body } = await ask('call get_weather', (text) => ({
    tools: [weather],
    messages: [
      user(text),
      { role: 'assistant', content: '', tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: '' } }] },
      { role: 'tool', tool_call_id: id, content: [{ type: 'text', text: '18 °C' }] },
    ],
  }));
  const [use] = body.messages[1].content;
  assert.equal(use.type, 'tool_use', 'no empty text before it');
  assert.match(use.id, /^[a-zA-Z0-9_-]+$/);
  assert.deepEqual(use.input, {});
  assert.equal(body.messages[2].content[0].tool_use_id, use.id);
});

test('strict tools by zodFunction() are parsed by the client', async () => {
  const whole = await openai().chat.completions.parse({
    model,
    messages: [user('call get_weather for Paris')],
    tools: [zodFunction({ name: 'get_weather', parameters: z.object({ city: z.string(), unit: z.string() }) })],
  });
  assert.deepEqual(whole.choices[0].message.tool_calls[0].function.parsed_arguments, { city: 'Paris', unit: 'celsius' });
});

test('an image in a tool\'s result', async () => {
  const image_url = { url: `data:image/png;base64,${pixel}` };
  const { body } = await ask('call get_weather', (text) => ({
    tools: [weather],
    messages: [
      user(text),
      { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: '18 °C' }, { type: 'image_url', image_url }] },
    ],
  }));
  const result = body.messages[2].content[0];
  assert.deepEqual(result.content.at(-1), { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } });
});

const thinkingOf = (body) => body.messages[1].content[0];

for (const streamed of [false, true]) {
  test(`the signature of thinking comes back to Anthropic with the echoed message, ${streamed ? 'streamed' : 'plain'}`, async () => {
    const { text, mark } = marked('ponder and call');
    const request = { model, messages: [user(text)], tools: [weather], reasoning_effort: 'low', max_tokens: 4000 };
    const first = streamed
      ? await openai().chat.completions.stream(request).finalChatCompletion()
      : await openai().chat.completions.create(request);
    const { message } = first.choices[0];
    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: `18 °C ${mark}-result` };
    const second = await openai().chat.completions.create({ ...request, messages: [user(text), message, result] });
    assert.equal(second.choices[0].message.content, 'It is 18 °C in Paris.');
    const block = thinkingOf((await receivedOnce(`${mark}-result`)).body);
    assert.deepEqual(block, { type: 'thinking', thinking: 'The city is Paris.', signature: 'aimock-placeholder-signature' });
  });
}
