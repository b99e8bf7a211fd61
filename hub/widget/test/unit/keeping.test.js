// What is kept on the device, and in what order it goes out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, parts } from '../support/parts.js';

const { ClientIds, Shelf, Outbox, Ratings, KeptContacts, KeptWords, Conversation, Turn, soundFrame } = parts;

const shelf = (storage = new FakeStorage()) => new Shelf(() => storage, 'otklik ');

test('ids are version 7 and sort in the order they were made, whatever the clock does', () => {
  const ids = new ClientIds();
  let last;
  for (const now of [1000, 1000, 1000, 999, 1, 2000, 2000, 1_766_000_000_000, 5, 1_766_000_000_000]) {
    const id = ids.next(now, last);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(last === undefined || id > last, `${id} after ${last}`);
    last = id;
  }
});

test('five thousand ids within one millisecond keep their order', () => {
  const ids = new ClientIds();
  let last;
  for (let round = 0; round < 5000; round += 1) {
    const id = ids.next(1_766_000_000_000, last);
    assert.ok(last === undefined || id > last, `${id} after ${last}, round ${round}`);
    last = id;
  }
});

test('another tab with a slower clock still writes after what waits already', () => {
  const storage = new FakeStorage();
  const [fast, slow] = [new Outbox(shelf(storage)), new Outbox(shelf(storage))];
  fast.add('один', 5000);
  slow.add('два', 4000);
  fast.add('три', 4500);
  slow.add('четыре', 1);
  for (const tab of [fast, slow]) assert.deepEqual(tab.items().map(({ text }) => text), ['один', 'два', 'три', 'четыре']);
});

test('a refused message steps aside and stays, with the reason, over a reload', () => {
  const storage = new FakeStorage();
  const outbox = new Outbox(shelf(storage));
  const [first, second] = [outbox.add('один', 1), outbox.add('два', 2)];
  outbox.refuse(first, 'blocked');
  assert.equal(outbox.head().id, second);
  const reloaded = new Outbox(shelf(storage));
  assert.deepEqual(reloaded.items().map(({ text, refused }) => [text, refused]), [['один', 'blocked'], ['два', undefined]]);
  reloaded.remove(second);
  assert.equal(reloaded.head(), undefined);
});

test('a full storage loses nothing that was written', () => {
  const storage = new FakeStorage();
  const outbox = new Outbox(shelf(storage));
  outbox.add('один', 1);
  storage.full = true;
  outbox.add('два', 2);
  assert.deepEqual(outbox.items().map(({ text }) => text), ['один', 'два']);
  for (const { id } of outbox.items()) outbox.remove(id);
  assert.deepEqual(outbox.items(), []);
});

test('no storage at all, or one full of rubbish, is lived with', () => {
  const none = new Shelf(() => {
    throw new Error('SecurityError');
  }, 'otklik ');
  none.set('a', { b: 1 });
  assert.deepEqual(none.get('a'), { b: 1 });
  assert.deepEqual(none.keys(''), ['a']);
  const storage = new FakeStorage();
  for (const [key, value] of [['otklik unsent:x', '{'], ['otklik unsent:y', '{"text":7}'], ['otklik conversation', '[]'], ['otklik read', '"x"'], ['other unsent:z', '{"text":"a","at":1}']]) storage.setItem(key, value);
  assert.deepEqual(new Outbox(shelf(storage)).items(), []);
  assert.equal(new Conversation(shelf(storage)).shown(), null);
});

test('a rating stays with its conversation until it is confirmed, the last word of it; rubbish is none', () => {
  const storage = new FakeStorage();
  const ratings = new Ratings(shelf(storage));
  ratings.keep('d1', { stars: 2, note: '', answers: [] });
  ratings.keep('d1', { stars: 5, note: 'а', answers: ['б'] });
  ratings.keep('d2', { stars: 1, note: '', answers: [] });
  storage.setItem('otklik rating:d3', '{"stars":"many"}');
  const reloaded = new Ratings(shelf(storage));
  assert.deepEqual(reloaded.items(), [{ dialog: 'd1', stars: 5, note: 'а', answers: ['б'] }, { dialog: 'd2', stars: 1, note: '', answers: [] }]);
  reloaded.drop('d1');
  assert.deepEqual(['d1', 'd2', 'd3'].map((dialog) => reloaded.has(dialog)), [false, true, false]);
});

const MARIA = { name: 'Мария', email: '', phone: '12' };
const WRONG = { field: 'phone', fault: 'mask' };

test('what is typed into a form is kept in its tab, what the hub did not take on the device, until it is taken', () => {
  const [device, tab] = [new FakeStorage(), new FakeStorage()];
  const loaded = (drafts = tab) => new KeptContacts(shelf(device), shelf(drafts));
  const kept = loaded();
  assert.equal(kept.shown(), null);
  kept.type({ name: 'Мар' });
  kept.type({ phone: '1' });
  kept.type({ name: 'Мария' });
  assert.deepEqual(loaded().shown(), { contacts: { name: 'Мария', email: '', phone: '1' }, wrong: null });
  assert.equal(loaded(new FakeStorage()).shown(), null, 'what is not sent is of this tab');
  kept.clear();
  assert.deepEqual([device.length, tab.length], [0, 0]);
  kept.refuse(MARIA, WRONG);
  for (const drafts of [tab, new FakeStorage()]) assert.deepEqual(loaded(drafts).shown(), { contacts: MARIA, wrong: WRONG });
  kept.type({ name: 'Маша' });
  assert.deepEqual(loaded().shown(), { contacts: { ...MARIA, name: 'Маша' }, wrong: WRONG });
  kept.type({ phone: '123' });
  assert.deepEqual(loaded().shown(), { contacts: { name: 'Маша', email: '', phone: '123' }, wrong: null }, 'put right');
  loaded(new FakeStorage()).clear();
  assert.deepEqual(loaded().refused, null, 'taken from another tab');
});

test('contacts that were given in one tab are not half typed in another any more, asleep or not', () => {
  const [device, first, second] = [new FakeStorage(), new FakeStorage(), new FakeStorage()];
  const [one, other] = [first, second].map((drafts) => new KeptContacts(shelf(device), shelf(drafts)));
  one.type({ name: 'Мария' });
  other.type({ name: 'Мар' });
  other.load();
  assert.equal(other.shown()?.contacts.name, 'Мар', 'nothing is given yet');
  one.give();
  for (const asleep of [new KeptContacts(shelf(device), shelf(second)), other]) {
    asleep.load();
    assert.equal(asleep.shown(), null);
  }
  assert.deepEqual([first.length, second.length], [0, 0]);
  other.type({ name: 'Маша' });
  other.load();
  assert.equal(other.shown()?.contacts.name, 'Маша', 'what is typed afterwards is of the next form');
  device.setItem('otklik given', '{');
  other.load();
  assert.equal(other.shown(), null);
});

test('what is written into another form is kept with what it asks, and rubbish is none', () => {
  const tab = new FakeStorage();
  const written = () => new KeptWords(shelf(tab));
  assert.deepEqual(written().of('survey', 'd1'), []);
  written().keep('survey', 'd1', ['4', 'Быстро']);
  assert.deepEqual([written().of('survey', 'd1'), written().of('survey', 'd2'), written().of('place', 'd1')], [['4', 'Быстро'], [], []]);
  written().drop('survey', 'place');
  assert.equal(tab.length, 0);
  for (const value of ['{', 'null', '[]', '{"about":"d1"}', '{"about":"d1","fields":[1]}', '{"about":"d1","fields":"ab"}']) {
    tab.setItem('otklik survey', value);
    assert.deepEqual(written().of('survey', 'd1'), [], value);
  }
});

test('contacts that another tab had refused are told once, and rubbish is none', () => {
  const device = new FakeStorage();
  const [one, other] = [new KeptContacts(shelf(device), shelf()), new KeptContacts(shelf(device), shelf())];
  one.refuse(MARIA, WRONG);
  other.load();
  const told = other.refused;
  assert.deepEqual(told, { contacts: MARIA, wrong: WRONG });
  other.load();
  assert.equal(other.refused, told, 'the same is no news');
  for (const value of ['{', '{"contacts":{"name":1}}', '[]', 'null', '{"contacts":{"name":"a","email":"b"}}']) {
    device.setItem('otklik refused', value);
    other.load();
    assert.equal(other.refused, null, value);
  }
  device.setItem('otklik refused', JSON.stringify({ contacts: MARIA, wrong: { field: 'constructor', fault: 'x' } }));
  other.load();
  assert.deepEqual(other.refused, { contacts: MARIA, wrong: null });
});

test('where the browser keeps nothing, a form is kept in memory', () => {
  const denied = () => new Shelf(() => {
    throw new Error('SecurityError');
  }, 'otklik ');
  const kept = new KeptContacts(denied(), denied());
  kept.refuse(MARIA, WRONG);
  kept.type({ email: 'm@example.org' });
  assert.deepEqual(kept.shown(), { contacts: { ...MARIA, email: 'm@example.org' }, wrong: WRONG });
});

const message = (seq, from = 'operator', text = `m${seq}`) => ({ id: `id${seq}`, client_id: null, seq, from, name: null, text, at: seq });
const messages = (after, ...items) => ({ t: 'messages', dialog: 'd1', after, upto: items.at(-1)?.seq ?? after, items });

test('messages join where they continue; a repeat changes nothing; a gap is refused', () => {
  const conversation = new Conversation(shelf());
  assert.equal(conversation.add(messages(0, message(1), message(2))), true);
  assert.equal(conversation.add(messages(0, message(1), message(2), message(3))), true);
  assert.equal(conversation.add(messages(1, message(2))), true);
  assert.equal(conversation.add(messages(4, message(5))), false);
  assert.deepEqual(conversation.messages.map(({ seq }) => seq), [1, 2, 3]);
  assert.deepEqual(conversation.shown(), { dialog: 'd1', upto: 3 });
  assert.equal(conversation.add({ ...messages(3), upto: 5 }), true);
  assert.deepEqual(conversation.shown(), { dialog: 'd1', upto: 5 });
});

test('another dialog begins anew, from its first message only', () => {
  const conversation = new Conversation(shelf());
  conversation.add(messages(0, message(1)));
  assert.equal(conversation.add({ ...messages(1, message(2)), dialog: 'd2' }), false);
  assert.equal(conversation.add({ ...messages(0, message(1, 'operator', 'новое')), dialog: 'd2' }), true);
  assert.deepEqual(conversation.messages.map(({ text }) => text), ['новое']);
});

test('unread are the operator\'s, over a reload and in every tab', () => {
  const storage = new FakeStorage();
  const conversation = new Conversation(shelf(storage));
  conversation.add(messages(0, message(1, 'customer'), message(2), message(3, 'system', 'closed'), message(4)));
  assert.equal(conversation.unread(), 2);
  const other = new Conversation(shelf(storage));
  assert.equal(other.unread(), 2);
  assert.equal(conversation.markRead(), true);
  assert.equal(conversation.markRead(), false);
  other.loadRead();
  assert.equal(other.unread(), 0);
  assert.equal(new Conversation(shelf(storage)).unread(), 0);
});

test('a conversation too long to keep is asked for again from its beginning', () => {
  const storage = new FakeStorage();
  new Conversation(shelf(storage)).add(messages(0, ...Array.from({ length: 10 }, (_, at) => message(at + 1, 'operator', 'я'.repeat(32_000)))));
  assert.equal(new Conversation(shelf(storage)).shown(), null);
});

test('without locks, one tab at a time has the turn', async () => {
  const storage = new FakeStorage();
  let inside = 0;
  const tabs = Array.from({ length: 4 }, () => new Turn('send', shelf(storage), undefined));
  const forever = new AbortController().signal;
  const order = await Promise.all(
    tabs.map(async (tab, at) => {
      const leave = await tab.take(forever);
      inside += 1;
      assert.equal(inside, 1);
      await new Promise((done) => setTimeout(done, 60));
      inside -= 1;
      leave();
      return at;
    }),
  );
  assert.equal(order.length, 4);
  const given = new AbortController();
  given.abort();
  assert.equal(await tabs[0].take(given.signal), null);
});

test('a frame is made sound or passed over', () => {
  for (const value of [null, undefined, 7, 'x', [], {}, { t: 7 }, { t: 'levitate' }, { t: 'messages', dialog: 'd', after: 0 }, { t: 'welcome', token: 7 }, { t: 'result' }, { t: 'bye' }, { t: 'dialog' }]) {
    assert.equal(soundFrame(value), null, JSON.stringify(value));
  }
  assert.deepEqual(soundFrame({ t: 'typing', on: 'yes', name: 7 }), { t: 'typing', on: false, name: '' });
  assert.deepEqual(soundFrame({ t: 'messages', dialog: 'd', after: 0, upto: 1, items: [null, { id: 'x' }, message(1)] }).items, [message(1)]);
  assert.deepEqual(soundFrame({ t: 'dialog', id: 'd', operator: 7, closed: 'x', read_by_operator: 'y' }), {
    t: 'dialog', id: 'd', number: 0, operator: null, closed: false, read_by_operator: 0, last_seq: 0,
  });
});
