// Everybody can use it: by keyboard, by ear, on a small screen, with large text, in the dark, in two languages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, launch } from '../support/browser.js';
import { another, arrive, hub, scenes } from '../support/scene.js';

scenes({ locale: 'ru-RU' });

/** A conversation with one of everything that can be seen. */
async function converse(customer) {
  await customer.open();
  await customer.write('Здравствуйте! Где мой заказ?');
  await customer.states(['sent']);
  hub.accept('Ира');
  hub.answer('Здравствуйте! Сейчас посмотрю: https://example.org/заказ');
  hub.readByOperator();
  hub.faults.refuse = 'blocked';
  await customer.write('Спасибо');
  await customer.states(['read', 'refused']);
  hub.faults.refuse = null;
  hub.typing(true);
  await customer.page.locator('.typing bdi').waitFor();
}

for (const colorScheme of ['light', 'dark']) {
  for (const locale of ['ru-RU', 'en-GB']) {
    test(`axe finds nothing: ${colorScheme}, ${locale}`, async () => {
      const customer = await arrive(await another({ locale, colorScheme, reducedMotion: 'reduce' }));
      assert.deepEqual(await axe(customer.page), []);
      await customer.open();
      assert.deepEqual(await axe(customer.page), []);
      await customer.page.keyboard.press('Escape');
      await converse(customer);
      assert.deepEqual(await axe(customer.page), []);
      await hub.kill();
      await customer.status.getByText(locale === 'ru-RU' ? 'Нет связи' : 'No connection').waitFor();
      assert.deepEqual(await axe(customer.page), []);
      await hub.start();
    });
  }
}

test('by keyboard alone: open, write, two lines, leave, come back', async () => {
  const customer = await arrive();
  const { keyboard } = customer.page;
  const focused = () => customer.page.evaluate(() => {
    const inner = document.activeElement?.shadowRoot?.activeElement;
    return inner?.getAttribute('aria-label') ?? document.activeElement?.localName;
  });
  await customer.launcher.waitFor();
  for (let steps = 0; (await focused()) !== 'Открыть чат'; steps += 1) {
    assert.ok(steps < 30, 'the launcher is in the tab order');
    await keyboard.press('Tab');
  }
  await keyboard.press('Enter');
  assert.equal(await focused(), 'Сообщение');
  await keyboard.type('первая');
  await keyboard.press('Shift+Enter');
  await keyboard.type('вторая');
  await keyboard.press('Enter');
  await customer.states(['sent']);
  assert.deepEqual(hub.words, ['первая\nвторая']);
  assert.equal(await focused(), 'Сообщение');
  await keyboard.press('Enter');
  await keyboard.type('   ');
  await keyboard.press('Enter');
  assert.deepEqual(hub.words, ['первая\nвторая']);
  await keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'Отправить место');
  await keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'Переписка');
  await keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'Закрыть чат');
  await keyboard.press('Escape');
  await customer.panel.waitFor({ state: 'hidden' });
  assert.equal(await focused(), 'Открыть чат');
});

test('names and roles that a screen reader says', async () => {
  const customer = await arrive();
  await converse(customer);
  const dialog = customer.page.getByRole('dialog', { name: 'Чай и глина' });
  await dialog.waitFor();
  await dialog.locator('.log[role=log][aria-live=polite][aria-label="Переписка"]').waitFor();
  assert.match(await customer.own.first().textContent(), /^Вы/);
  assert.match(await customer.own.first().textContent(), /Прочитано$/);
  assert.match(await customer.log.locator('.operator').textContent(), /^Ира/);
});

test('the language is the browser\'s', async () => {
  for (const [locale, name, heading] of [['ru', 'Открыть чат', 'Посуда'], ['en-US', 'Open chat', 'Cups'], ['de-DE', 'Open chat', 'Cups']]) {
    const customer = await arrive(await another({ locale }));
    await customer.page.getByRole('button', { name, exact: true }).waitFor();
    assert.match(await customer.page.getByRole('heading', { level: 1 }).innerText(), new RegExp(heading));
    await customer.noWrongs();
  }
});

test('360 px: a sheet over the whole page, nothing cut, focus stays in it', async () => {
  const customer = await arrive(await another({ viewport: { width: 360, height: 640 }, isMobile: true }));
  await converse(customer);
  assert.deepEqual(await customer.panel.boundingBox(), { x: 0, y: 0, width: 360, height: 640 });
  assert.equal(await customer.panel.getAttribute('aria-modal'), 'true');
  for (const part of ['.head button:last-child', '.log', 'textarea', '.send']) {
    const box = await customer.page.locator(part).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y >= 0 && box.y + box.height <= 640, `${part} ${JSON.stringify(box)}`);
  }
  for (let steps = 0; steps < 20; steps += 1) {
    await customer.page.keyboard.press('Tab');
    assert.ok(await customer.page.evaluate(() => document.activeElement?.shadowRoot !== null), 'focus has left the sheet');
  }
  assert.equal(await customer.page.evaluate(() => document.documentElement.scrollWidth), 360);
});

test('text at 200 %: everything grows and stays within reach', async () => {
  const large = await launch(['--blink-settings=defaultFontSize=32']);
  try {
    const customer = await arrive(await another({ viewport: { width: 1280, height: 720 } }, large));
    await converse(customer);
    assert.equal(await customer.bubbles.first().evaluate((bubble) => getComputedStyle(bubble).fontSize), '32px');
    for (const part of ['.panel', '.head button:last-child', 'textarea', '.send']) {
      const box = await customer.page.locator(part).boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 1280 && box.y >= 0 && box.y + box.height <= 720, `${part} ${JSON.stringify(box)}`);
    }
    const sideways = await customer.log.evaluate((log) => log.scrollWidth - log.clientWidth);
    assert.equal(sideways, 0);
  } finally {
    await large.close();
  }
});

test('who reads further up is not moved; a pill tells of news', async () => {
  const customer = await arrive(await another({ viewport: { width: 900, height: 600 } }));
  await customer.open();
  await customer.write('раз');
  await customer.states(['sent']);
  for (let at = 0; at < 40; at += 1) hub.answer(`ответ ${at}`);
  await customer.page.getByText('ответ 39').waitFor();
  // The news comes before the browser has told of the scrolling.
  await customer.log.evaluate((log) => (log.scrollTop = 100));
  hub.answer('новость');
  await customer.page.getByRole('button', { name: 'Новые сообщения' }).click();
  assert.ok(await customer.page.getByText('новость').isVisible());
  await customer.page.getByRole('button', { name: 'Новые сообщения' }).waitFor({ state: 'hidden' });
});
