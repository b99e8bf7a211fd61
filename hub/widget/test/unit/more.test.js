// What is more than words, without a page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, parts } from '../support/parts.js';

const { RUSSIAN, ENGLISH, Outbox, Conversation, Shelf, refusalOf, sizeText, soundAttachment, soundFrame, frameOf } = parts;

const shelf = (storage = new FakeStorage()) => new Shelf(() => storage, 'otklik ');
const file = { id: 'f1', name: 'a.png', media: 'image/png', size: 5, state: 'ready', pixels: [2, 2] };

test('what cannot go is said before it goes; what only the hub can know is left to it', () => {
  const allowed = { most_bytes: 10, media: ['image/*', 'text/plain'] };
  for (const [size, type, refused] of [
    [0, 'image/png', 'file_empty'],
    [11, 'image/png', 'file_too_large'],
    [10, 'image/png', undefined],
    [10, 'text/plain', undefined],
    [10, 'text/html', 'file_media'],
    [10, 'imagery/png', 'file_media'],
    [10, '', undefined],
  ]) assert.equal(refusalOf({ size, type }, allowed), refused, `${size} ${type}`);
  for (const media of [[], ['*/*']]) assert.equal(refusalOf({ size: 1, type: 'text/html' }, { most_bytes: 1, media }), undefined);
});

test('every reason has its words in both languages', () => {
  for (const words of [RUSSIAN, ENGLISH]) {
    for (const code of ['file', 'place', 'malformed', 'contacts', 'file_empty', 'file_too_large', 'file_media', 'file_forbidden']) assert.ok(words.refused[code], code);
  }
});

test('sizes are said as people say them', () => {
  for (const [bytes, said] of [[0, '0 Б'], [1, '1 Б'], [1023, '1023 Б'], [1024, '1.0 КБ'], [48_213, '47 КБ'], [20 * 1024 ** 2, '20 МБ'], [1024 ** 5, '1048576 ГБ']]) {
    assert.equal(sizeText(bytes, RUSSIAN.units), said);
  }
});

test('an uploaded file and contacts survive a reload until they are sent', () => {
  const storage = new FakeStorage();
  const outbox = new Outbox(shelf(storage));
  outbox.add('', 1, { file });
  outbox.add('Мария', 2, { contacts: { name: 'Мария', email: '', phone: '' } });
  outbox.add('слова', 3);
  const frames = new Outbox(shelf(storage)).items().map((item) => frameOf(item)).map(({ id: _, ...frame }) => frame);
  assert.deepEqual(frames, [
    { t: 'send_file', file: 'f1', text: '' },
    { t: 'contacts', name: 'Мария', email: null, phone: null },
    { t: 'send', text: 'слова' },
  ]);
});

test('a message changes in its place, over a reload, and only in its own conversation', () => {
  const storage = new FakeStorage();
  const conversation = new Conversation(shelf(storage));
  const message = (seq, text) => ({ id: `m${seq}`, client_id: null, seq, from: 'operator', name: 'Ира', text, at: seq });
  conversation.add({ t: 'messages', dialog: 'd', after: 0, upto: 2, items: [message(1, 'раз'), message(2, 'два')] });
  conversation.change({ t: 'changed', dialog: 'd', items: [{ ...message(1, ''), deleted: true }, message(9, 'нет такого')] });
  conversation.change({ t: 'changed', dialog: 'other', items: [message(2, 'чужое')] });
  const texts = (of) => of.messages.map(({ text }) => text);
  assert.deepEqual(texts(conversation), ['', 'два']);
  assert.deepEqual(texts(new Conversation(shelf(storage))), ['', 'два']);
  assert.equal(conversation.unread(), 1, 'what was taken back is no news');
});

test('hostile frames are passed over or made sound', () => {
  for (const value of [null, 7, {}, { id: 1, name: 'x', size: 1 }, { id: 'f', name: 'x', size: '1' }]) assert.equal(soundAttachment(value), null);
  const odd = soundAttachment({ id: 'f', name: 'a\u202Egnp.exe', size: 1, state: {}, pixels: ['x'] });
  assert.deepEqual([odd.name, odd.pixels], ['agnp.exe', null]);
  assert.equal(soundFrame({ t: 'changed', dialog: 7, items: [] }), null);
  assert.deepEqual(soundFrame({ t: 'link', file: 'f', address: 7, thumbnail: {} }), { t: 'link', file: 'f', address: null, thumbnail: null });
  const welcome = soundFrame({ t: 'welcome', token: 't', beat_ms: 1, files: { most_bytes: 'many' }, survey: { stars: true, questions: [1, 'да'] } });
  assert.deepEqual([welcome.files, welcome.survey], [undefined, { stars: true, questions: ['да'] }]);
});

test('a place is a point on the Earth as the hub keeps it, or nothing', () => {
  assert.deepEqual(parts.soundSpot({ latitude: 55.7512444, longitude: -0.0000004, accuracy: 12.1 }), { latitude: 55.751244, longitude: -0, accuracy: 13 });
  assert.deepEqual(parts.soundSpot({ latitude: -90, longitude: 180, accuracy: Infinity }), { latitude: -90, longitude: 180 });
  for (const said of [null, undefined, 7, {}, { latitude: 90.1, longitude: 0 }, { latitude: 0, longitude: NaN }, { latitude: '1', longitude: 1 }]) {
    assert.equal(parts.soundSpot(said), null);
  }
  assert.equal(parts.spotText({ latitude: 55.5, longitude: -0.25 }), '55.500000, -0.250000');
  assert.deepEqual([7, 999, 1500, 25_000].map((metres) => parts.distanceText(metres, ['m', 'km'])), ['7 m', '999 m', '1.5 km', '25 km']);
});

test('a place survives a reload until it is sent', () => {
  const storage = new FakeStorage();
  new Outbox(shelf(storage)).add('У входа', 1, { place: { latitude: 1, longitude: 2, accuracy: 3 } });
  const [{ id: _, ...frame }] = new Outbox(shelf(storage)).items().map((item) => frameOf(item));
  assert.deepEqual(frame, { t: 'send_place', latitude: 1, longitude: 2, accuracy: 3, title: 'У входа' });
});
