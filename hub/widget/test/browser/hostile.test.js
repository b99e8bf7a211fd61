// Nothing that anybody writes can run, reach out, or spoil the page; strict sites can embed the widget.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILT, HOSTILE } from '../support/hostile.js';
import { arrive, come, hub, scenes, site } from '../support/scene.js';

scenes({ locale: 'ru-RU' }, { elsewhere: true });

/** What is wrong inside the thread: elements that no text may become, and lines that leave their place. */
const strangers = (customer) =>
  customer.page.evaluate(() => {
    const root = [...document.body.children].find((element) => element.shadowRoot).shadowRoot;
    const log = root.querySelector('.log');
    const elements = [...log.querySelectorAll('.bubble *, .name *, .system *')].map((element) => element.localName);
    const addresses = [...log.querySelectorAll('a')].map(({ href }) => href).filter((href) => !/^https?:/.test(href));
    const wide = log.scrollWidth > log.clientWidth ? ['the log scrolls sideways'] : [];
    return [...elements.filter((name) => name !== 'a' && name !== 'bdi'), ...addresses, ...wide];
  });

test('hostile words from the operator, in every field that is shown', async () => {
  assert.ok(BUILT.length >= 1_000);
  const customer = await come();
  await customer.write('начнём');
  await customer.states(['sent']);
  for (const text of HOSTILE) hub.answer(text, text.slice(0, 300));
  for (const text of HOSTILE) hub.system(`accepted ${text.slice(0, 300)}`);
  await customer.sees(['начнём', ...HOSTILE]);
  assert.deepEqual(await strangers(customer), []);
  for (const text of HOSTILE) {
    const name = text.slice(0, 300);
    hub.desk = name;
    hub.tell({ t: 'dialog', ...hub.customer.dialog, operator: name });
    hub.typing(true, name);
  }
  hub.answer('конец', 'Ира');
  await customer.sees(['начнём', ...HOSTILE, 'конец']);
  await customer.page.reload();
  await customer.open();
  await customer.sees(['начнём', ...HOSTILE, 'конец']);
  await customer.noWrongs();
});

test('hostile words of the customer arrive as they were written', async () => {
  const customer = await come();
  const written = HOSTILE.filter((text) => text.trim() === text && !text.includes('\uFFFE'));
  for (const text of written) await customer.write(text);
  await hub.until('all of them', () => hub.customer.messages.length === written.length, 60_000);
  assert.deepEqual(hub.words, written);
  await customer.sees(written);
  assert.deepEqual(await strangers(customer), []);
  await customer.noWrongs();
});

test('frames that make no sense are passed over', async () => {
  const customer = await come();
  await customer.write('раз');
  await customer.states(['sent']);
  const { id } = hub.customer.dialog;
  for (const frame of [
    null, 7, 'x', [], {}, { t: 'levitate' }, { t: 'messages' }, { t: 'messages', dialog: id, after: -1, upto: 'x', items: [] },
    { t: 'messages', dialog: id, after: 1, upto: 1, items: [null, 7, { id: 1 }, { seq: 2 }] }, { t: 'result' }, { t: 'result', id: 'nobody', seq: 9 },
    { t: 'typing' }, { t: 'typing', on: true, name: null }, { t: 'dialog' }, { t: 'dialog', id, operator: 7, read_by_operator: 'x' }, { t: 'welcome' }, { t: 'bye' },
  ]) hub.tell(frame);
  hub.answer('два');
  await customer.sees(['раз', 'два']);
  await customer.write('три');
  await customer.states(['sent', 'sent']);
  await customer.noWrongs();
});

test('links open elsewhere and tell the other side nothing; what only looks like one stays text', async () => {
  const customer = await come();
  await customer.write('?');
  await customer.states(['sent']);
  hub.answer('см. (https://example.org/a_(b)?c=1&d=2), http://пример.рф/путь. Не https://bank.example@evil.example и не ftp://example.org');
  await customer.log.getByRole('link').nth(1).waitFor();
  const links = await customer.log.getByRole('link').evaluateAll((all) =>
    all.map((a) => [a.textContent, a.href, a.target, a.rel]),
  );
  const rel = 'noopener noreferrer nofollow';
  assert.deepEqual(links, [
    ['https://example.org/a_(b)?c=1&d=2', 'https://example.org/a_(b)?c=1&d=2', '_blank', rel],
    ['http://пример.рф/путь', 'http://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C', '_blank', rel],
  ]);
});

test('a site\'s styles and shortcuts and the widget leave each other alone', async () => {
  const customer = await come();
  await customer.write('проверка');
  await customer.states(['sent']);
  assert.equal(await customer.page.evaluate(() => globalThis.shortcuts), 0);
  const look = await customer.bubbles.first().evaluate((bubble) => {
    const { color, fontFamily, fontSize } = getComputedStyle(bubble);
    return { color, fontSize, fantasy: fontFamily.includes('fantasy') };
  });
  assert.deepEqual(look, { color: 'rgb(255, 255, 255)', fontSize: '15px', fantasy: false });
  const box = await customer.launcher.boundingBox();
  const size = customer.page.viewportSize();
  assert.ok(size.width - box.x - box.width < 40 && size.height - box.y - box.height < 40, JSON.stringify(box));
  await customer.noWrongs();
});

test('the script element\'s wishes: title, colour, open; a colour that is none is ignored', async () => {
  site.attributes = 'data-title="Спросите &lt;b&gt;нас" data-color="#ffd400" data-open data-department="care"';
  let customer = await arrive();
  await customer.panel.waitFor();
  assert.equal(await customer.page.getByRole('heading', { level: 2 }).textContent(), 'Спросите <b>нас');
  await hub.until('hello', () => hub.said('hello').length === 1);
  assert.equal(hub.said('hello')[0].department, 'care');
  const colours = (of) => of.launcher.evaluate((button) => [getComputedStyle(button).backgroundColor, getComputedStyle(button).color]);
  assert.deepEqual(await colours(customer), ['rgb(255, 212, 0)', 'rgb(0, 0, 0)']);
  await customer.page.evaluate(() => Otklik.close());
  await customer.panel.waitFor({ state: 'hidden' });
  await customer.page.evaluate(() => Otklik.open());
  await customer.panel.waitFor();
  await customer.page.close();
  site.attributes = 'data-color="red;} * { display: none" data-open="false"';
  customer = await arrive();
  await customer.launcher.waitFor();
  assert.deepEqual(await colours(customer), ['rgb(36, 80, 200)', 'rgb(255, 255, 255)']);
  assert.equal(await customer.panel.isVisible(), false);
});
