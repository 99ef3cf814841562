// The clients under test, and what the vendors saw of them.
import { randomBytes } from 'node:crypto';
import Anthropic from '@anthropic-ai/sdk';
import OlderAnthropic from 'anthropic-sdk-of-2025';
import OpenAI from 'openai';

const required = (name) => {
  if (!process.env[name]) {
    throw new Error(`${name} is not set; clients/run sets it`);
  }
  return process.env[name];
};

export const gateway = `${required('CLIENTS_GATEWAY')}/v1`;
export const gatewayWithKeys = `${required('CLIENTS_GATEWAY_KEYS')}/v1`;

export const openai = (options = {}) => new OpenAI({ baseURL: gateway, apiKey: 'any', maxRetries: 0, timeout: 20_000, ...options });

// Anthropic's client of version 1, which sends `Authorization: Bearer`, and one of the many before it, which send `x-api-key`.
export const anthropics = [
  { name: 'sdk 1', Anthropic },
  { name: 'sdk 0', Anthropic: OlderAnthropic },
].map((one) => ({
  ...one,
  client: (options = {}) =>
    new one.Anthropic({ baseURL: required('CLIENTS_GATEWAY'), apiKey: 'any', maxRetries: 0, timeout: 20_000, ...options }),
  clientOfKeys: (key) => new one.Anthropic({ baseURL: required('CLIENTS_GATEWAY_KEYS'), apiKey: key, maxRetries: 0 }),
}));

// Words that mark the request of one case, to be found again at the vendors.
export const marked = (text) => {
  const mark = `#${randomBytes(6).toString('hex')}`;
  return { text: `${text} ${mark}`, mark };
};

export const user = (content) => ({ role: 'user', content });

// What the vendors received that holds these words.
export async function received(words) {
  const answer = await fetch(`${required('CLIENTS_VENDORS')}/tap/?words=${encodeURIComponent(words)}`);
  return (await answer.json()).map((one) => ({ ...one, body: one.text ? JSON.parse(one.text) : null }));
}

// The single request with these words.
export async function receivedOnce(words) {
  const all = await received(words);
  if (all.length !== 1) {
    throw new Error(`the vendors received ${all.length} requests with '${words}', not one`);
  }
  return all[0];
}

export async function caught(promise) {
  try {
    await promise;
  } catch (e) {
    return e;
  }
  throw new Error('nothing was thrown');
}

export async function eventually(check, { within = 3000 } = {}) {
  const end = Date.now() + within;
  for (;;) {
    try {
      return await check();
    } catch (e) {
      if (Date.now() > end) {
        throw e;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

export const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};

// A picture of one red pixel.
export const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
