// What was written is never lost, doubled or reordered, whatever dies in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { come, his, hub, scenes } from '../support/scene.js';

scenes({ locale: 'ru-RU' }, { elsewhere: true });

/** Each id was stored once. */
const noDoubles = () => {
  const ids = hub.customer.messages.map(({ client_id }) => client_id).filter(Boolean);
  assert.equal(new Set(ids).size, ids.length);
};

test('the hub dies; three messages wait, and go out once and in order when it is back', async () => {
  const customer = await come();
  await customer.write('ноль');
  await customer.states(['sent']);
  await hub.kill();
  await customer.page.getByText('Нет связи').waitFor();
  for (const text of ['один', 'два', 'три']) await customer.write(text);
  await customer.states(['sent', 'queued', 'queued', 'queued']);
  await hub.start();
  await customer.states(['sent', 'sent', 'sent', 'sent'], 30_000);
  assert.deepEqual(hub.words, ['ноль', 'один', 'два', 'три']);
  assert.equal(await customer.status.textContent(), '');
  await customer.noWrongs();
});

test('what waits survives a reload while the hub is down, and the thread is still readable', async () => {
  const customer = await come();
  await customer.write('ноль');
  await customer.states(['sent']);
  hub.answer('слушаю');
  await customer.sees(['ноль', 'слушаю']);
  // The script itself comes from the browser's cache or not at all, so the hub serves it and nothing else.
  hub.faults.sockets = 'refused';
  hub.faults.status = 503;
  for (const peer of hub.customer.peers) peer.end(null);
  for (const text of ['один', 'два']) await customer.write(text);
  await customer.field.fill('недописанное');
  await customer.page.reload();
  await customer.open();
  await customer.sees(['ноль', 'слушаю', 'один', 'два']);
  assert.equal(await customer.field.inputValue(), 'недописанное');
  hub.faults.sockets = 'open';
  hub.faults.status = 0;
  await hub.until('both', () => hub.words.length === 3, 40_000);
  await customer.states(['sent', 'sent', 'sent']);
  assert.deepEqual(hub.words, ['ноль', 'один', 'два']);
  noDoubles();
});

test('a rating given without a line is not asked for again, survives a reload, and arrives; nothing is ended without one', async () => {
  hub.survey = { stars: true, questions: [] };
  const customer = await come();
  await customer.write('Здравствуйте!');
  await customer.states(['sent']);
  hub.accept('Ира');
  const end = customer.page.getByRole('button', { name: 'Завершить разговор' });
  await end.waitFor();
  const part = async () => {
    hub.faults.sockets = 'refused';
    hub.faults.status = 503;
    for (const peer of hub.customer.peers) peer.end(null);
    await customer.status.getByText('Нет связи').waitFor();
  };
  const meet = () => Object.assign(hub.faults, { sockets: 'open', status: 0 });
  await part();
  await customer.page.getByRole('button', { name: 'Завершить разговор. Нет связи' }).and(customer.page.locator('[aria-disabled=true]')).click({ force: true });
  meet();
  await customer.page.getByRole('button', { name: 'Завершить разговор', exact: true }).waitFor({ timeout: 40_000 });
  assert.equal(hub.said('close').length, 0);
  await end.click();
  const survey = customer.page.locator('.survey');
  await survey.waitFor();
  await part();
  await survey.getByRole('radio', { name: '4 из 5' }).check();
  await survey.getByLabel('Комментарий').fill('Быстро');
  await survey.getByRole('button', { name: 'Отправить' }).click();
  await survey.waitFor({ state: 'hidden' });
  await customer.page.reload();
  await customer.open();
  meet();
  await hub.until('the rating', () => hub.said('rate').length > 0, 40_000);
  assert.deepEqual(hub.said('rate').map(({ stars, note }) => [stars, note]), [[4, 'Быстро']]);
  assert.equal(await survey.isVisible(), false);
  // Confirmed by the hub it is kept no longer.
  await customer.page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes('rating:')));
  await customer.noWrongs();
});

test('the answer to a message is lost: it is sent again with the same id, and stands once', async () => {
  const customer = await come();
  hub.faults.loseResults = 3;
  hub.faults.loseEchoes = true;
  await customer.write('раз');
  await customer.write('два');
  await customer.states(['sent', 'sent'], 40_000);
  await customer.sees(['раз', 'два']);
  assert.deepEqual(hub.words, ['раз', 'два']);
  noDoubles();
  const first = hub.said('send')[0];
  assert.equal(hub.said('send').filter(({ text }) => text === 'раз').every(({ id }) => id === first.id), true);
  await customer.page.reload();
  await customer.open();
  await customer.sees(['раз', 'два']);
});

test('too fast: the same message again, later, before the next', async () => {
  const customer = await come();
  hub.faults.refuse = 'too_fast';
  await customer.write('раз');
  await customer.write('два');
  await customer.states(['sent', 'sent']);
  assert.deepEqual(hub.said('send').map(({ text }) => text), ['раз', 'раз', 'два']);
  assert.deepEqual(hub.words, ['раз', 'два']);
});

test('messages that do not continue what the page has make it ask again', async () => {
  const customer = await come();
  await customer.write('раз');
  await customer.states(['sent']);
  hub.tell({ t: 'messages', dialog: hub.customer.dialog.id, after: 7, upto: 8, items: [] });
  await hub.until('hello with the true position', () => hub.said('hello').at(-1)?.after?.upto === 1);
  hub.answer('два');
  await customer.sees(['раз', 'два']);
});

test('a hub that restarts with retry_after_ms is left alone for so long', async () => {
  const customer = await come();
  await customer.write('раз');
  await customer.states(['sent']);
  const [peer] = hub.customer.peers;
  const told = Date.now();
  peer.say({ t: 'bye', code: 'draining', retry_after_ms: 3000 });
  peer.end(null);
  await hub.until('hello again', () => hub.said('hello').length === 2);
  assert.ok(Date.now() - told >= 3000);
});

test('a link that falls silent is asked, given up and replaced', async () => {
  hub.beatMs = 1000;
  const customer = await come();
  await customer.write('раз');
  await customer.states(['sent']);
  const [peer] = hub.customer.peers;
  peer.say = () => {};
  await hub.until('a question', () => hub.said('beat').length === 1);
  await hub.until('hello on another link', () => hub.said('hello').length === 2);
  hub.customer.peers.delete(peer);
  hub.answer('я здесь');
  await customer.sees(['раз', 'я здесь']);
});

test('a hub that has forgotten the customer starts anew, and what waits goes to it', async () => {
  const customer = await come();
  await customer.write('раз');
  await customer.states(['sent']);
  await hub.kill();
  hub.customers.clear();
  await customer.write('два');
  await hub.start();
  await customer.sees(['два'], 30_000);
  await customer.states(['sent']);
  assert.deepEqual(hub.words, ['два']);
});

test('where nothing can be kept, memory serves', async () => {
  await (await his()).addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(globalThis, name, { get: () => { throw new DOMException('denied', 'SecurityError'); } });
    }
  });
  const customer = await come();
  await customer.write('раз');
  await customer.states(['sent']);
  await hub.kill();
  await customer.write('два');
  await hub.start();
  await customer.states(['sent', 'sent'], 30_000);
  assert.deepEqual(hub.words, ['раз', 'два']);
  await customer.noWrongs();
});
