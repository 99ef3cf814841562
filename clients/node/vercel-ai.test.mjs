// Vercel AI SDK by @ai-sdk/openai-compatible: plain, streamed, a tool's round trip, an error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { caught, gateway } from './support/clients.mjs';
import { answerTo, everyKind, vendors } from './support/kinds.mjs';

const signalbox = createOpenAICompatible({ name: 'signalbox', baseURL: gateway, apiKey: 'any', includeUsage: true });
const prompt = 'Say hello';

for (const kind of everyKind) {
  test(`ai: generateText: ${kind.kind}`, async () => {
    const { text, finishReason, usage } = await generateText({ model: signalbox(kind.model), prompt, maxRetries: 0 });
    assert.equal(text, answerTo(kind, prompt));
    assert.equal(finishReason, 'stop');
    assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
  });

  test(`ai: streamText: ${kind.kind}`, async () => {
    const result = streamText({ model: signalbox(kind.model), prompt, maxRetries: 0 });
    let text = '';
    for await (const delta of result.textStream) {
      text += delta;
    }
    assert.equal(text, answerTo(kind, prompt));
    assert.equal(await result.finishReason, 'stop');
    const usage = await result.usage;
    assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
  });
}

for (const kind of vendors) {
  for (const [how, run] of [['generateText', generateText], ['streamText', streamText]]) {
    test(`ai: ${how} with a tool: ${kind.kind}`, async () => {
      const cities = [];
      const result = await run({
        model: signalbox(kind.model),
        prompt: 'call get_weather for Paris',
        maxRetries: 0,
        stopWhen: stepCountIs(3),
        tools: {
          get_weather: tool({
            description: 'The weather in a city',
            inputSchema: z.object({ city: z.string(), unit: z.string().optional() }),
            execute: ({ city }) => {
              cities.push(city);
              return { celsius: 18 };
            },
          }),
        },
      });
      assert.equal(await result.text, 'It is 18 °C in Paris.');
      assert.deepEqual(cities, ['Paris']);
    });
  }
}

test('ai: an error carries status and message', async () => {
  const e = await caught(generateText({ model: signalbox('nobody'), prompt, maxRetries: 0 }));
  assert.equal(e.name, 'AI_APICallError');
  assert.equal(e.statusCode, 404);
  assert.match(e.message, /nobody/);
});
