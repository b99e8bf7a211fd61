// Where an operator may send a page, and which page goes.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { parts } from '../support/parts.js';

const { ENGLISH, RUSSIAN, Going, soundFrame, systemLine } = parts;
const PAY = 'https://shop.example.org/pay?order=7';

test('only addresses of the web are understood', () => {
  assert.deepEqual({ ...soundFrame({ t: 'go', address: PAY }) }, { t: 'go', address: PAY });
  for (const address of ['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///x', 'shop.example.org', 'https://', 'https://a:b@shop.example.org/', 'https://shop\u202e.example.org/', '', null, 7, {}, undefined]) {
    assert.equal(soundFrame({ t: 'go', address }), null, String(address));
  }
});

test('a page goes that is looked at to the end of the notice, once', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  for (const [seen, goes] of [[[true, true], [PAY]], [[true, false], []], [[false, true], []]]) {
    const went = [];
    const looks = [...seen];
    const going = new Going({ isLookedAt: () => looks.shift(), go: (address) => went.push(address) }, mock.fn());
    going.to(PAY);
    assert.equal(going.host, seen[0] ? 'shop.example.org' : null);
    if (seen[0]) going.to('https://other.example.org/');
    context.mock.timers.tick(5_000);
    assert.deepEqual([went, going.host], [goes, null]);
  }
});

test('the line and the notice have words in both languages', () => {
  for (const words of [RUSSIAN, ENGLISH]) {
    assert.match(systemLine(words, 'sent_to Ира'), /Ира/);
    assert.match(words.going('shop.example.org'), /shop\.example\.org/);
  }
});
