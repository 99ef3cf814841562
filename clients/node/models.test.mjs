// openai: models.list() and models.retrieve().
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { caught, openai } from './support/clients.mjs';

test('models.list() holds what can be asked for', async () => {
  const ids = [];
  for await (const model of openai().models.list()) {
    assert.equal(model.object, 'model');
    assert.equal(typeof model.owned_by, 'string');
    assert.ok(Number.isInteger(model.created));
    ids.push(model.id);
  }
  for (const id of ['echo', 'gpt-mock', 'compatible-mock', 'claude-mock', 'resilient', 'doomed']) {
    assert.ok(ids.includes(id), `${id} in ${ids}`);
  }
  assert.equal(new Set(ids).size, ids.length);
});

test('models.retrieve(), also by alias and with slashes', async () => {
  for (const id of ['echo', 'default', 'openai/gpt-4o-mini', 'compatible/org/model-7b', 'openai/ft:gpt-4o:team::id']) {
    const model = await openai().models.retrieve(id);
    assert.equal(model.id, id);
    assert.equal(model.object, 'model');
  }
});

test('models.retrieve() of a stranger: NotFoundError model_not_found', async () => {
  const e = await caught(openai().models.retrieve('nobody'));
  assert.ok(e instanceof OpenAI.NotFoundError);
  assert.equal(e.code, 'model_not_found');
});
