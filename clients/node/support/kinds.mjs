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

// Every other kind, asked straight: provider/upstream-model. Where aimock tells no tokens (`uncounted`: in none of its answers, or
// in streams) they are not looked at: it always says 0 as Ollama, and ends streams with usage only when stream_options ask for it,
// which Mistral does not know and does not need.
const straight = (kind, upstream, more = {}) => ({ kind, model: `${kind}/${upstream}`, hello, usage, ...more });
export const others = [
  straight('azure', 'gpt-4o-mini'),
  straight('gemini', 'gemini-2.5-flash'),
  straight('vertex', 'gemini-2.5-flash'),
  straight('bedrock', 'anthropic.claude-3-5-sonnet-20241022-v2:0'),
  straight('cohere', 'command-a-03-2025'),
  straight('ollama', 'llama3.2', { uncounted: 'always' }),
  straight('groq', 'llama-3.3-70b-versatile'),
  straight('together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo'),
  straight('mistral', 'mistral-large-latest', { uncounted: 'streamed' }),
  straight('deepseek', 'deepseek-chat'),
  straight('xai', 'grok-3'),
  straight('openrouter', 'openai/gpt-4o-mini'),
  straight('vllm', 'Qwen/Qwen3-8B'),
];

// What an upstream kind says to `Say hello`: the simulator repeats it.
export const answerTo = (kind, question) => kind.hello ?? question;
