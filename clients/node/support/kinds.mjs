// One entry for each upstream kind, with what stands behind the gateway there.
import { usage } from './fixtures.mjs';

const hello = 'Hello from the mock of the vendors.';

export const simulator = { kind: 'simulator', model: 'echo', provider: 'simulator', upstream: 'sim-1' };

export const vendors = [
  { kind: 'openai', model: 'gpt-mock', provider: 'openai', upstream: 'gpt-4o-mini', wire: 'openai', hello, usage },
  { kind: 'openai-compatible', model: 'compatible-mock', provider: 'compatible', upstream: 'llama-3.3-70b', wire: 'openai', hello, usage },
  { kind: 'anthropic', model: 'claude-mock', provider: 'claude', upstream: 'claude-sonnet-4-5', wire: 'anthropic', hello, usage },
];

export const everyKind = [simulator, ...vendors];

// What an upstream kind says to `Say hello`: the simulator repeats it.
export const answerTo = (kind, question) => kind.hello ?? question;
