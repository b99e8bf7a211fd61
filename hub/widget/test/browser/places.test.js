// Where the customer is: asked of the browser when he wants it, sent when he has seen it. And stickers, which he only sees.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../support/browser.js';
import { BUILT } from '../support/hostile.js';
import { another, come, hub, scenes } from '../support/scene.js';

const HERE = { latitude: 55.7512444, longitude: 37.618423, accuracy: 12.3 };
const SAID = '55.751244, 37.618423';

scenes({ locale: 'ru-RU', geolocation: HERE });

/** A customer whose browser may tell where he is, or may not. */
async function somebody({ granted = true, prepare, ...options } = {}) {
  const context = await another(options);
  // What is not granted is refused, without a question that nobody would answer here.
  await context.grantPermissions(granted ? ['geolocation'] : []);
  if (prepare !== undefined) await context.addInitScript(prepare);
  const customer = await come(context);
  await customer.write('Где вас искать?');
  await customer.states(['sent']);
  return customer;
}

const button = (customer) => customer.page.getByRole('button', { name: /^(Отправить место|Send a place)$/ });
const form = (customer) => customer.page.locator('.share');
/** What has the keyboard, by its tag. */
const focused = (customer) =>
  customer.page.evaluate(() => [...document.body.children].find((element) => element.shadowRoot).shadowRoot.activeElement?.localName);

for (const [locale, confirm, title, viewport] of [
  ['ru-RU', 'Вы отправите', 'Что это за место (необязательно)', { width: 360, height: 640 }],
  ['en-GB', 'You are about to send', 'What place it is (optional)', { width: 1280, height: 800 }],
]) {
  test(`a place is shown before it is sent, by keyboard, at ${viewport.width} px: ${locale}`, async () => {
    const customer = await somebody({ locale, viewport });
    const { keyboard } = customer.page;
    await button(customer).focus();
    await keyboard.press('Enter');
    await form(customer).getByText(confirm).waitFor();
    await form(customer).getByText(SAID).waitFor();
    assert.match(await form(customer).textContent(), locale === 'ru-RU' ? /с точностью до 13 м/ : /within 13 m/);
    assert.deepEqual(await axe(customer.page), []);
    const box = await form(customer).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= viewport.width && box.y + box.height <= viewport.height, JSON.stringify(box));
    assert.equal(hub.said('send_place').length, 0, 'nothing leaves before it is confirmed');
    await customer.page.getByLabel(title).waitFor();
    await keyboard.type('У\u202eвхода');
    await keyboard.press('Enter');
    await customer.states(['sent', 'sent']);
    const [{ latitude, longitude, accuracy, title: called }] = hub.said('send_place');
    assert.deepEqual([latitude, longitude, accuracy, called], [55.751244, 37.618423, 13, 'Увхода']);
    const shown = customer.own.last().locator('.bubble');
    assert.match(await shown.textContent(), /55\.751244, 37\.618423.*Увхода$/);
    assert.equal(await focused(customer), 'textarea');
    assert.deepEqual(await axe(customer.page), []);
    assert.equal(await customer.page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
    await customer.noWrongs();
  });
}

test('Escape and Cancel send nothing and leave the panel open', async () => {
  const customer = await somebody();
  await button(customer).click();
  await form(customer).getByText(SAID).waitFor();
  await customer.page.keyboard.press('Escape');
  await form(customer).waitFor({ state: 'hidden' });
  assert.ok(await customer.panel.isVisible());
  assert.equal(await focused(customer), 'textarea');
  await button(customer).click();
  await form(customer).getByRole('button', { name: 'Отмена' }).click();
  await form(customer).waitFor({ state: 'hidden' });
  await customer.write('Передумала');
  await customer.states(['sent', 'sent']);
  assert.equal(hub.said('send_place').length, 0);
});

for (const [locale, words, cancel] of [
  ['ru-RU', 'Браузер не разрешает узнать, где вы', 'Отмена'],
  ['en-GB', 'The browser is not allowed to tell where you are', 'Cancel'],
]) {
  test(`a browser that refuses is told of in words: ${locale}`, async () => {
    const customer = await somebody({ locale, granted: false });
    await button(customer).click();
    await form(customer).getByRole('alert').getByText(words).waitFor();
    assert.deepEqual(await axe(customer.page), []);
    await form(customer).getByRole('button', { name: cancel }).press('Enter');
    await form(customer).waitFor({ state: 'hidden' });
    assert.equal(await focused(customer), 'textarea');
    assert.equal(hub.said('send_place').length, 0);
    await customer.noWrongs();
  });
}

for (const [what, prepare] of [
  ['the page is not secure', () => Object.defineProperty(globalThis, 'isSecureContext', { value: false })],
  ['the browser knows no places', () => delete Navigator.prototype.geolocation],
]) {
  test(`nothing is offered where ${what}`, async () => {
    const customer = await somebody({ prepare });
    await button(customer).waitFor({ state: 'hidden' });
    assert.deepEqual(await axe(customer.page), []);
  });
}

test('the browser is asked for nothing before the button is pressed', async () => {
  const prepare = () => {
    globalThis.asked = 0;
    const { getCurrentPosition } = Geolocation.prototype;
    Geolocation.prototype.getCurrentPosition = function (...how) {
      globalThis.asked += 1;
      return getCurrentPosition.apply(this, how);
    };
  };
  const customer = await somebody({ prepare });
  assert.equal(await customer.page.evaluate(() => globalThis.asked), 0);
  await button(customer).click();
  await form(customer).getByText(SAID).waitFor();
  assert.equal(await customer.page.evaluate(() => globalThis.asked), 1);
});

test('a place waits for the hub over a reload and goes once', async () => {
  const customer = await somebody();
  await button(customer).click();
  await form(customer).getByText(SAID).waitFor();
  await hub.kill();
  await form(customer).getByRole('button', { name: 'Отправить' }).click();
  await customer.states(['sent', 'queued']);
  await hub.start();
  await customer.page.reload();
  await customer.open();
  await customer.states(['sent', 'sent']);
  assert.equal(hub.customer.messages.filter(({ kind }) => kind === 'place').length, 1);
});

test('the title of a place survives a reload, and nothing of it stays when it is sent or given up', async () => {
  const customer = await somebody();
  const title = form(customer).getByRole('textbox');
  const isKept = () => customer.page.evaluate(() => Object.keys(sessionStorage).some((key) => key.endsWith('place')));
  await button(customer).click();
  await title.fill('У входа');
  assert.equal(await isKept(), true);
  await customer.page.reload();
  await customer.open();
  await button(customer).click();
  await form(customer).getByText(SAID).waitFor();
  assert.equal(await title.inputValue(), 'У входа');
  await title.press('Escape');
  await button(customer).click();
  await form(customer).getByText(SAID).waitFor();
  assert.deepEqual([await title.inputValue(), await isKept()], ['', false]);
  await title.fill('Во дворе');
  await title.press('Enter');
  await customer.states(['sent', 'sent']);
  assert.equal(await isKept(), false);
});

test('a place that the hub does not know can only be removed', async () => {
  const customer = await somebody();
  hub.faults.refuse = 'place';
  await button(customer).click();
  await form(customer).getByRole('button', { name: 'Отправить' }).click();
  await customer.log.getByText('такого места нет').waitFor();
  assert.equal(await customer.log.getByRole('button', { name: 'Исправить' }).count(), 0);
  await customer.log.getByRole('button', { name: 'Удалить' }).click();
  await customer.states(['sent']);
});

test('a sticker is a picture without a bubble, or its words', async () => {
  const customer = await somebody();
  const file = hub.keep('cup.png', Buffer.from('x'), { media: 'image/png', pixels: [2, 2] });
  hub.say({ from: 'customer', kind: 'sticker', text: '☕', file });
  const picture = customer.log.getByRole('img', { name: 'Стикер ☕' });
  await picture.waitFor();
  const box = await picture.boundingBox();
  assert.ok(box.width <= 160 && box.height <= 160, JSON.stringify(box));
  assert.equal(await customer.log.locator('.bubble.bare').count(), 1);
  hub.say({ from: 'customer', kind: 'sticker', text: '', file: { ...file, id: 'gone', state: 'rejected' } });
  await customer.log.getByText('Стикер Не прошёл проверку').waitFor();
  hub.say({ from: 'customer', kind: 'sticker', text: '🙂' });
  await customer.log.getByText('🙂').waitFor();
  assert.deepEqual(await axe(customer.page), []);
  await customer.noWrongs();
});

test('hostile places and titles are text, and harm nothing', async () => {
  const customer = await somebody();
  const file = hub.keep('x.png', Buffer.from('x'), { media: 'image/png', pixels: [2, 2] });
  for (const text of BUILT.slice(0, 60)) {
    hub.say({ from: 'customer', kind: 'place', text, place: { latitude: 1, longitude: 2 } });
    hub.say({ from: 'customer', kind: 'sticker', text, file });
  }
  for (const place of [null, 7, '1, 2', { latitude: 91, longitude: 0 }, { latitude: '<b>', longitude: 0 }, { latitude: 1e999, longitude: null }]) {
    hub.say({ from: 'customer', kind: 'place', text: 'без места', place });
  }
  hub.say({ from: 'customer', kind: 'place', text: 'щ'.repeat(10_000), place: { latitude: 1, longitude: 2, accuracy: '<i>' } });
  hub.answer('конец');
  await customer.log.getByText('конец').waitFor();
  assert.equal(await customer.log.getByText('без места').count(), 6);
  const elements = await customer.log.locator('.bubble *').evaluateAll((all) => [...new Set(all.map(({ localName }) => localName))].sort());
  assert.deepEqual(elements.filter((name) => !['a', 'bdi', 'img', 'path', 'small', 'span', 'svg'].includes(name)), []);
  assert.equal(await customer.log.evaluate((log) => log.scrollWidth > log.clientWidth), false);
  await customer.noWrongs();
});
