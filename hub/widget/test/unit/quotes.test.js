// What an answer quotes, without a page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parts } from '../support/parts.js';

const { soundQuote, RUSSIAN, ENGLISH } = parts;

const message = (seq, more) => ({ id: `m${seq}`, client_id: null, seq, from: 'operator', name: 'Ира', text: '', at: seq, ...more });
const onPage = (...messages) => new Map(messages.map((one) => [one.seq, one]));
const quote = (said, messages = []) => soundQuote(said, onPage(...messages), 'Чай и глина');

test('whose words they were and where they stand is known of what is on the page', () => {
  const messages = [
    message(1, { from: 'customer', client_id: 'c1', name: null }),
    message(2),
    message(3, { from: 'hub', name: null }),
    message(4, { kind: 'file', name: 'О\u202Eлег' }),
    message(5, { from: 'system', text: 'accepted Ира' }),
    message(6, { from: 'customer', client_id: null }),
  ];
  const of = (seq) => {
    const { to, whose, name, kind } = quote({ seq, excerpt: 'слова' }, messages);
    return [to, whose, name, kind];
  };
  assert.deepEqual(of(1), ['c1', 'own', '', 'words']);
  assert.deepEqual(of(2), ['m2', 'operator', 'Ира', 'words']);
  assert.deepEqual(of(3), ['m3', 'operator', 'Чай и глина', 'words']);
  assert.deepEqual(of(4), ['m4', 'operator', 'Олег', 'file']);
  assert.deepEqual(of(5), [null, null, '', 'words'], 'a system line is nobody\'s words');
  assert.deepEqual(of(6), ['m6', 'own', '', 'words']);
  assert.deepEqual(of(7), [null, null, '', 'words'], 'not on the page');
});

test('what became of the message since changes nothing of the words', () => {
  const said = { seq: 1, excerpt: 'Завтро' };
  assert.equal(quote(said, [message(1, { text: 'Завтра', edited: true })]).excerpt, 'Завтро');
  assert.equal(quote(said, [message(1, { deleted: true })]).excerpt, 'Завтро');
  assert.equal(quote({ seq: 1, excerpt: 'чек.png' }, [message(1, { kind: 'file', deleted: true })]).kind, 'file');
});

test('the words are one line of the hub\'s length, and turn nothing around them', () => {
  const excerpt = (words) => quote({ seq: 1, excerpt: words }).excerpt;
  assert.equal(excerpt(' раз\n\tдва\0 \u202Eтри\u2066 '), 'раз два три');
  assert.equal(excerpt('👩‍👩‍👧‍👦 ❤️'), '👩‍👩‍👧‍👦 ❤️', 'joiners stay');
  for (const blank of ['', ' ', '\u200B\u2060']) assert.equal(excerpt(blank), '');
  const long = quote({ seq: 1, excerpt: '😀'.repeat(100_000) });
  assert.deepEqual([Array.from(long.excerpt).length, long.cut], [160, true]);
  assert.equal(quote({ seq: 1, excerpt: 'я'.repeat(159) }).cut, false);
});

test('what makes no sense is no quote', () => {
  for (const said of [null, undefined, 7, 'x', [], {}, { seq: 1 }, { seq: '1', excerpt: 'x' }, { seq: 1.5, excerpt: 'x' }, { seq: 1, excerpt: {} }]) {
    assert.equal(quote(said, [message(1)]), null, JSON.stringify(said));
  }
});

test('each kind that is more than words has its word in both languages', () => {
  for (const words of [RUSSIAN, ENGLISH]) {
    assert.ok(words.inReplyTo);
    for (const kind of ['file', 'place', 'sticker']) {
      assert.equal(quote({ seq: 1, excerpt: 'x' }, [message(1, { kind })]).kind, kind);
      assert.ok(words.quotedKind[kind], kind);
    }
  }
});
