// LangChain JS by @langchain/openai: plain, streamed, a tool's round trip, an error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { caught, gateway } from './support/clients.mjs';
import { answerTo, everyKind, vendors } from './support/kinds.mjs';

const chat = (model, options = {}) =>
  new ChatOpenAI({ model, apiKey: 'any', maxRetries: 0, useResponsesApi: false, configuration: { baseURL: gateway }, ...options });

for (const kind of everyKind) {
  test(`langchain: invoke: ${kind.kind}`, async () => {
    const answer = await chat(kind.model).invoke([new SystemMessage('Be brief.'), new HumanMessage('Say hello')]);
    assert.equal(answer.content, answerTo(kind, 'Say hello'));
    assert.ok(answer.usage_metadata.total_tokens > 0);
    assert.equal(answer.response_metadata.finish_reason, 'stop');
  });

  test(`langchain: stream: ${kind.kind}`, async () => {
    let whole;
    for await (const chunk of await chat(kind.model, { streamUsage: true }).stream('Say hello')) {
      whole = whole ? whole.concat(chunk) : chunk;
    }
    assert.equal(whole.content, answerTo(kind, 'Say hello'));
    assert.ok(whole.usage_metadata.output_tokens > 0);
  });
}

for (const kind of vendors) {
  test(`langchain: a tool's round trip: ${kind.kind}`, async () => {
    const weather = tool(({ city }) => `18 °C in ${city}`, {
      name: 'get_weather',
      description: 'The weather in a city',
      schema: z.object({ city: z.string(), unit: z.string().optional() }),
    });
    const model = chat(kind.model).bindTools([weather]);
    const messages = [new HumanMessage('call get_weather for Paris')];
    const first = await model.invoke(messages);
    assert.equal(first.tool_calls.length, 1);
    assert.equal(first.tool_calls[0].args.city, 'Paris');
    const result = await weather.invoke(first.tool_calls[0]);
    const second = await model.invoke([...messages, first, result]);
    assert.equal(second.content, 'It is 18 °C in Paris.');

    let streamed;
    for await (const chunk of await model.stream(messages)) {
      streamed = streamed ? streamed.concat(chunk) : chunk;
    }
    assert.deepEqual(streamed.tool_calls[0].args, { city: 'Paris', unit: 'celsius' });
  });
}

test('langchain: an error carries its status', async () => {
  const e = await caught(chat('nobody').invoke('hi'));
  assert.equal(e.status, 404);
});
