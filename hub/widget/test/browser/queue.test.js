// A queue that is full: what is said of it, and that nothing written is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../support/browser.js';
import { another, arrive, come, hub, scenes } from '../support/scene.js';

const asked = (field, more = {}) => ({ field, required: false, kind: 'any', ...more });

scenes({ locale: 'ru-RU' }, {
  prepare: (hub) => {
    hub.line = 'online';
    hub.full = true;
    hub.files = { most_bytes: 1000, media: [] };
  },
});

const send = (customer) => customer.page.locator('.send');

for (const [locale, line, status, name] of [
  ['ru-RU', 'online', 'Сейчас все заняты. Попробуйте чуть позже: написанное не пропадёт.', 'Сообщение'],
  ['en-GB', 'offline', 'Everybody is busy now. Try a little later: what you wrote is kept.', 'Message'],
]) {
  test(`what is typed while everybody is busy stays, and goes when there is room, at 360 px: ${locale}`, async () => {
    hub.line = line;
    const customer = await come(await another({ locale, viewport: { width: 360, height: 640 } }));
    await customer.status.getByText(status).waitFor();
    assert.equal(await customer.status.getAttribute('role'), 'status', 'a screen reader says it');
    const field = customer.page.getByRole('textbox', { name });
    await field.fill('Где заказ?');
    await field.press('Enter');
    await send(customer).click({ force: true });
    assert.equal(await field.inputValue(), 'Где заказ?');
    assert.deepEqual([await send(customer).getAttribute('aria-disabled'), hub.said('send')], ['true', []]);
    assert.match(await send(customer).getAttribute('aria-label'), /заняты|busy/);
    assert.equal(await customer.page.locator('.attach:visible').count(), 0, 'no file either');
    assert.deepEqual(await axe(customer.page), []);
    for (const part of ['.panel', '.status', '.composer', '.head']) {
      const box = await customer.page.locator(part).boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 640, `${part} ${JSON.stringify(box)}`);
    }
    // Nor does a reload lose it.
    await customer.page.reload();
    await customer.open();
    await customer.status.getByText(status).waitFor();
    assert.equal(await field.inputValue(), 'Где заказ?');
    hub.setFull(false);
    await customer.status.getByText(status).waitFor({ state: 'hidden' });
    assert.equal(await send(customer).getAttribute('aria-disabled'), 'false');
    await field.press('Enter');
    await customer.states(['sent']);
    assert.deepEqual(hub.words, ['Где заказ?']);
  });
}

test('the button says that everybody is busy, and nothing before anybody has asked', async () => {
  const customer = await arrive();
  await customer.page.getByRole('button', { name: 'Открыть чат', exact: true }).waitFor();
  assert.equal(await customer.launcher.getAttribute('data-line'), '', 'nothing is connected');
  await customer.open();
  await customer.page.locator('.head').getByText('Сейчас все заняты').waitFor();
  await customer.page.keyboard.press('Escape');
  await customer.page.getByRole('button', { name: 'Открыть чат, сейчас все заняты', exact: true }).waitFor();
  assert.deepEqual(await axe(customer.page), []);
  hub.setFull(false);
  await customer.page.getByRole('button', { name: 'Открыть чат', exact: true }).waitFor();
});

test('words that cross with the last place wait, and can be taken back', async () => {
  hub.full = false;
  const customer = await come();
  await customer.page.locator('.head').getByText('Мы на связи').waitFor();
  // The page does not know of it yet.
  hub.full = true;
  await customer.write('Где заказ?');
  await customer.states(['held']);
  await customer.status.getByText('Сообщение уйдёт, как только освободится место.').waitFor();
  await customer.log.getByText('Ещё не отправлено: сейчас все заняты.').waitFor();
  assert.deepEqual(await axe(customer.page), []);
  await customer.log.getByRole('button', { name: 'Исправить' }).click();
  assert.equal(await customer.field.inputValue(), 'Где заказ?');
  await customer.states([]);
  hub.full = false;
  hub.setFull(false);
  await customer.field.press('Enter');
  await customer.states(['sent']);
  assert.deepEqual(hub.words, ['Где заказ?']);
});

test('what was written without a connection waits for room, over a reload, and keeps its order', async () => {
  hub.full = false;
  const customer = await come();
  await customer.page.locator('.head').getByText('Мы на связи').waitFor();
  await hub.kill();
  await customer.write('раз');
  await customer.write('два');
  await customer.states(['queued', 'queued']);
  hub.full = true;
  await hub.start();
  await customer.states(['held', 'held']);
  await customer.page.reload();
  await customer.open();
  await customer.states(['held', 'held']);
  assert.deepEqual(hub.said('send'), [], 'a hub that has no room is not asked again and again');
  hub.setFull(false);
  await customer.states(['sent', 'sent']);
  assert.deepEqual(hub.words, ['раз', 'два']);
});

test('whose conversation goes on writes as ever', async () => {
  hub.full = false;
  const customer = await come();
  await customer.write('Здравствуйте!');
  await customer.states(['sent']);
  hub.setFull(true);
  await customer.write('Вы здесь?');
  await customer.states(['sent', 'sent']);
  await customer.page.locator('.head').getByText('Мы на связи').waitFor();
});

test('the form for contacts keeps what is typed and the keyboard in it while room comes and goes', async () => {
  hub.full = false;
  hub.line = 'offline';
  hub.forms = { offline: [asked('name', { required: true })], first_question: [], contacts_request: [] };
  const customer = await come();
  const form = customer.page.locator('.first');
  await form.getByText('Сейчас никого нет. Оставьте контакты, и мы ответим').waitFor();
  const name = form.getByLabel('Имя');
  await name.pressSequentially('Ма');
  hub.setFull(true);
  await form.getByText('Представьтесь, пожалуйста').waitFor();
  await customer.page.keyboard.type('рия');
  assert.equal(await name.inputValue(), 'Мария');
  await customer.write('Где заказ?');
  assert.deepEqual(hub.said('contacts').concat(hub.said('send')), []);
  hub.setFull(false);
  await form.getByText('Сейчас никого нет. Оставьте контакты, и мы ответим').waitFor();
  await customer.field.press('Enter');
  await hub.until('contacts', () => hub.said('contacts').length === 1);
  hub.setForms({ offline: [], first_question: [], contacts_request: [] });
  await customer.states(['sent', 'sent']);
});
