// When things are said: drafts, and the next try.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { parts } from '../support/parts.js';

const { Draft, backoff } = parts;

test('drafts: at most one a second, the newest wins, silence after five seconds takes it back', (story) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  story.after(() => mock.timers.reset());
  const said = [];
  const draft = new Draft((text) => said.push([Date.now() - 1_000_000, text]));
  draft.typed('П');
  for (const text of ['Пр', 'При', 'Прив']) {
    mock.timers.tick(200);
    draft.typed(text);
  }
  mock.timers.tick(500);
  assert.deepEqual(said, [[0, 'П'], [1100, 'Прив']]);
  mock.timers.tick(4499);
  assert.equal(said.length, 2);
  mock.timers.tick(1);
  assert.deepEqual(said.at(-1), [5600, null]);
  mock.timers.tick(60_000);
  assert.equal(said.length, 3);
});

test('drafts: cleared is said, sent ends it, the same is not said twice, nothing is no draft', (story) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  story.after(() => mock.timers.reset());
  const said = [];
  const draft = new Draft((text) => said.push(text));
  draft.typed('   ');
  draft.typed('\u200B');
  mock.timers.tick(10_000);
  assert.deepEqual(said, []);
  draft.typed('а');
  draft.typed('');
  mock.timers.tick(1100);
  assert.deepEqual(said, ['а', null]);
  draft.typed('б');
  mock.timers.tick(1100);
  draft.typed('бв');
  draft.finish();
  assert.deepEqual(said, ['а', null, 'б', null]);
  draft.finish();
  mock.timers.tick(10_000);
  assert.equal(said.length, 4);
});

test('a long draft is cut between characters', () => {
  const said = [];
  const draft = new Draft((text) => said.push(text));
  draft.typed('😀'.repeat(3000));
  assert.equal(Array.from(said[0]).length, 2000);
  draft.finish();
});

test('the next try: spread evenly over a growing time, never before the hub wants it', () => {
  for (let attempt = 0; attempt < 2000; attempt += 7) {
    for (const chance of [0, 0.3, 0.999]) {
      const delay = backoff(attempt, 0, chance);
      assert.ok(delay >= 0 && delay <= 10_000);
      assert.equal(backoff(attempt, 3000, chance), delay + 3000);
    }
  }
  assert.deepEqual([0, 1, 2, 3, 4, 9].map((attempt) => backoff(attempt, 0, 1)), [1000, 2000, 4000, 8000, 10_000, 10_000]);
});
