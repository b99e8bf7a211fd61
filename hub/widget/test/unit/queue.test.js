// How a line stands, as any hub may tell it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parts } from '../support/parts.js';

const { ENGLISH, RUSSIAN, isAway, isBusy, isPassing, soundFrame } = parts;
const HUB = { t: 'welcome', protocol: 1, token: 't', desk: 'Otklik', text_chars: 9, beat_ms: 1000, dialog: null };

test('a line is read as it is told by an older hub, by this one, and by a newer one', () => {
  for (const [told, line] of [
    [{}, null], [{ line: 'online' }, 'online'], [{ line: 'offline' }, 'offline'], [{ line: 'busy_online' }, null],
    [{ line: 'online', availability: 'busy_online' }, 'busy_online'], [{ line: 'offline', availability: 'busy_offline' }, 'busy_offline'],
    [{ line: 'online', availability: 'online' }, 'online'], [{ line: 'online', availability: 'on_strike' }, 'online'],
    [{ line: 'offline', availability: { odd: true } }, 'offline'], [{ availability: 7 }, null],
  ]) {
    assert.equal(soundFrame({ ...HUB, ...told }).line ?? null, line, JSON.stringify(told));
    const { line: state, ...more } = told;
    assert.deepEqual(soundFrame({ t: 'line', state, ...more }), { t: 'line', state: line }, JSON.stringify(told));
  }
  const sound = soundFrame({ ...HUB, line: 'online', availability: 'online', departments: { care: 'online' } });
  assert.deepEqual(Object.keys(sound).sort(), [...Object.keys(HUB), 'line'].sort(), 'nothing that was not looked at');
});

test('who is there and whether there is room are two things', () => {
  const all = [null, 'online', 'busy_online', 'offline', 'busy_offline'];
  assert.deepEqual(all.map(isAway), [false, false, false, true, true]);
  assert.deepEqual(all.map(isBusy), [false, false, true, false, true]);
  assert.deepEqual([undefined, null, 'too_fast', 'queue_full', 'blocked'].map((refused) => isPassing({ t: 'result', id: 'i', refused })), [false, false, true, true, false]);
});

test('it is said in both languages', () => {
  for (const words of [RUSSIAN, ENGLISH]) {
    for (const said of [words.busy, words.full, words.comeLater, words.goesLater, words.state.held, words.refused.queue_full]) assert.ok(said);
  }
});
