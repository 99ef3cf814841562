// What the mock of the vendors answers, by words in the last user message; the same for OpenAI's wire and Anthropic's.

import { setTimeout as sleep } from 'node:timers/promises';

export const usage = { prompt_tokens: 21, completion_tokens: 9 };

// A request is refused the first time, and answered when it comes again.
const refused = new Set();
function refusedOnce({ messages }) {
  const text = JSON.stringify(messages.at(-1).content);
  if (refused.has(text)) {
    return { content: 'Now it is fine.', usage };
  }
  refused.add(text);
  return { status: 429, retryAfter: 2, error: { message: 'slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' } };
}

// Calls end with STOP at Gemini; aimock says FUNCTION_CALL there, which is none of its reasons.
const calling = (toolCalls, more = {}) => ({ model }) =>
  ({ toolCalls, usage, ...more, ...(model.startsWith('gemini') ? { finishReason: 'stop' } : {}) });

const CITY = '{"city":"Paris","celsius":18}';

// In the order in which they are tried.
export const fixtures = [
  { match: { userMessage: 'call get_weather', hasToolResult: true }, response: { content: 'It is 18 °C in Paris.', usage } },
  { match: { userMessage: 'call both', hasToolResult: true }, response: { content: 'Paris 18 °C, Tokyo 25 °C.', usage } },
  {
    match: { userMessage: 'call get_weather', toolName: 'get_weather' },
    response: calling([{ id: 'call_paris01', name: 'get_weather', arguments: '{"city":"Paris","unit":"celsius"}' }]),
    chunkSize: 4,
  },
  {
    match: { userMessage: 'call both' },
    response: {
      toolCalls: [
        { id: 'call_paris01', name: 'get_weather', arguments: '{"city":"Paris","unit":"celsius"}' },
        { id: 'call_tokyo02', name: 'get_weather', arguments: '{"city":"Tokyo","unit":"celsius"}' },
      ],
      usage,
    },
    chunkSize: 4,
  },
  {
    match: { userMessage: 'speak and call' },
    response: {
      content: 'Let me look that up.',
      toolCalls: [{ id: 'call_paris01', name: 'get_weather', arguments: '{"city":"Paris"}' }],
      usage,
    },
  },
  {
    match: { userMessage: 'first tool', hasToolResult: false },
    response: ({ tools }) => ({ toolCalls: [{ id: 'call_first', name: tools[0].function.name, arguments: '{"a":1}' }], usage }),
  },
  { match: { userMessage: 'first tool', hasToolResult: true }, response: { content: 'Done.', usage } },
  {
    match: { userMessage: 'ponder and call', hasToolResult: false },
    response: {
      reasoning: 'The city is Paris.',
      toolCalls: [{ id: 'call_paris01', name: 'get_weather', arguments: '{"city":"Paris"}' }],
      usage,
    },
    chunkSize: 4,
  },
  { match: { userMessage: 'ponder and call', hasToolResult: true }, response: { content: 'It is 18 °C in Paris.', usage } },
  { match: { userMessage: 'a stop sequence' }, response: { content: 'Stopped', finishReason: 'stop_sequence', usage } },
  { match: { userMessage: 'a refusal' }, response: { content: 'I', finishReason: 'refusal', usage } },
  { match: { userMessage: 'a long story' }, response: { content: 'Once upon a time. '.repeat(3000), systemFingerprint: 'fp_mock', usage }, chunkSize: 20 },
  { match: { userMessage: 'long answer' }, response: { content: 'This answer is cut', finishReason: 'length', usage } },
  { match: { userMessage: 'other letters' }, response: { content: 'Grüße aus Zürich, 東京からこんにちは, Привет.', usage }, chunkSize: 3 },
  { match: { userMessage: 'think' }, response: { content: 'It is 4.', reasoning: 'Two and two make four.', usage } },
  {
    match: { userMessage: 'as json' },
    response: (request) =>
      request.tools?.length
        ? calling([{ id: 'call_json0001', name: request.tools[0].function.name, arguments: CITY }])(request)
        : { content: CITY, usage },
  },

  {
    match: { inputText: 'your fault' },
    response: { status: 400, error: { message: 'input: the mock does not like it', type: 'invalid_request_error', code: 'mock_refusal' } },
  },
  {
    match: { userMessage: 'your fault' },
    response: {
      status: 400,
      error: { message: 'temperature: the mock does not like it', type: 'invalid_request_error', param: 'temperature', code: 'mock_refusal' },
    },
  },
  { match: { userMessage: 'too fast once' }, response: refusedOnce },
  { match: { userMessage: 'out of order' }, response: { status: 500, error: { message: 'mock is out of order', type: 'api_error' } } },
  { match: { userMessage: 'bad credential' }, response: { status: 401, error: { message: 'your vendor key is wrong', type: 'authentication_error' } } },

  { match: { userMessage: 'slowly' }, response: { content: 'word '.repeat(200), usage }, chunkSize: 5, latency: 50 },
  { match: { userMessage: 'takes its time' }, response: () => sleep(5000).then(() => ({ content: 'At last.', usage })) },
  { match: { userMessage: 'breaks off' }, response: { content: 'word '.repeat(50), usage }, chunkSize: 5, latency: 10, truncateAfterChunks: 6 },

  { match: { userMessage: 'Say hello' }, response: { content: 'Hello from the mock of the vendors.', usage }, chunkSize: 5 },
];
