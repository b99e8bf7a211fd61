// Forms for contacts: before the first words, while nobody is there, and when an operator asks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../support/browser.js';
import { another, come, hub, scenes } from '../support/scene.js';

const MASK = '+7 (999) 999-99-99';
const asked = (field, more = {}) => ({ field, required: false, kind: 'any', ...more });
const FORMS = {
  offline: [asked('name'), asked('phone', { required: true, mask: MASK })],
  first_question: [asked('name', { required: true, kind: 'letters', max_chars: 20 })],
  contacts_request: [asked('email', { required: true })],
};

scenes({ locale: 'ru-RU' }, {
  prepare: (hub) => {
    hub.forms = FORMS;
    hub.line = 'online';
  },
});

/** Contacts are given: nothing stands before a conversation any more. */
async function given() {
  await hub.until('contacts', () => hub.said('contacts').length > 0);
  hub.setForms({ ...FORMS, offline: [], first_question: [] });
}

const faults = (customer) => customer.page.locator('.fault').allTextContents().then((texts) => texts.filter(Boolean));
const focused = (customer) => customer.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('name'));

test('the first question: what is wrong is said at the field, and the name goes before the words', async () => {
  const customer = await come();
  await customer.page.locator('.first').waitFor();
  const field = customer.page.getByLabel('Имя');
  await customer.write('Где заказ?');
  assert.deepEqual(await faults(customer), ['Заполните это поле']);
  assert.equal(await focused(customer), 'name', 'the keyboard is where something is wrong');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await customer.page.keyboard.type('Мария 2');
  await customer.page.keyboard.press('Enter');
  assert.deepEqual(await faults(customer), ['Только буквы, пробелы и дефисы']);
  assert.deepEqual(hub.said('send').concat(hub.said('contacts')), [], 'nothing has gone yet');
  await field.fill('Мария');
  assert.deepEqual(await faults(customer), []);
  await customer.page.keyboard.press('Enter');
  assert.deepEqual(await axe(customer.page), []);
  await customer.page.getByRole('textbox', { name: 'Сообщение' }).press('Enter');
  await given();
  await customer.states(['sent', 'sent']);
  assert.deepEqual(hub.heard.filter(({ t }) => t === 'contacts' || t === 'send').map(({ t }) => t), ['contacts', 'send']);
  await customer.page.locator('.first').waitFor({ state: 'hidden' });
});

for (const [locale, phone, lead, mask] of [
  ['ru-RU', 'Телефон', 'Сейчас никого нет. Оставьте контакты, и мы ответим', 'Нужно так: +7 (___) ___-__-__'],
  ['en-GB', 'Phone', 'Nobody is here now. Leave your contacts, and we will answer', 'It looks like this: +7 (___) ___-__-__'],
]) {
  test(`nobody is there, at 360 px: ${locale}`, async () => {
    hub.line = 'offline';
    const customer = await come(await another({ locale, viewport: { width: 360, height: 640 } }));
    await customer.page.locator('.first').getByText(lead).waitFor();
    await customer.page.getByLabel(phone).fill('12');
    await customer.write('?');
    assert.deepEqual(await faults(customer), [mask]);
    assert.deepEqual(await axe(customer.page), []);
    const box = await customer.page.locator('.first').boundingBox();
    const composer = await customer.page.locator('.composer').boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 360, JSON.stringify(box));
    assert.ok(box.y + box.height <= composer.y + 1 && composer.y + composer.height <= 640, JSON.stringify([box, composer]));
    await customer.page.getByLabel(phone).fill('9001234567');
    await customer.page.getByRole('textbox', { name: locale === 'ru-RU' ? 'Сообщение' : 'Message' }).press('Enter');
    await given();
    assert.equal(hub.said('contacts')[0].phone, '+7 (900) 123-45-67', 'put into the mask');
    await hub.until('the words', () => hub.said('send').length === 1);
  });
}

test('the form is the other one when the last operator leaves, and keeps what was typed', async () => {
  const customer = await come();
  await customer.page.getByLabel('Имя').fill('Мария');
  // Nobody has been heard of yet, so the hub says it to everybody.
  for (const { peers } of hub.customers.values()) for (const peer of peers) peer.say({ t: 'line', state: 'offline' });
  await customer.page.getByLabel('Телефон').waitFor();
  assert.equal(await customer.page.getByLabel('Имя').inputValue(), 'Мария');
});

test('what the hub does not take comes back into the form with the reason', async () => {
  const customer = await come();
  hub.faults.wrong = { field: 'name', fault: 'too_long' };
  await customer.page.getByLabel('Имя').fill('Мария');
  await customer.write('Где заказ?');
  await customer.page.locator('.fault').getByText('Слишком длинно: можно до 20 знаков').waitFor();
  assert.equal(await customer.page.getByLabel('Имя').inputValue(), 'Мария');
  await customer.status.getByText('Заполните форму, и сообщение уйдёт.').waitFor();
  assert.deepEqual(hub.said('send'), [], 'the words wait');
  hub.faults.wrong = null;
  await customer.page.getByLabel('Имя').fill('Маша');
  await customer.page.locator('.first').getByRole('button', { name: 'Отправить' }).click();
  await given();
  await customer.states(['sent', 'sent']);
  assert.equal(hub.said('send').length, 1);
});

test('an operator asks by a form of his own', async () => {
  hub.forms = { ...FORMS, first_question: [] };
  const customer = await come();
  await customer.write('Здравствуйте!');
  await customer.states(['sent']);
  hub.accept('Ира');
  hub.say({ from: 'operator', name: 'Ира', kind: 'contact_request', text: '' });
  const form = customer.log.locator('form');
  await form.getByLabel('Почта').fill('не почта');
  await form.getByRole('button', { name: 'Отправить' }).click();
  assert.deepEqual(await faults(customer), ['Проверьте адрес: в нём есть знак @']);
  assert.equal(await form.getByLabel('Телефон').count(), 0, 'it is not asked for');
  await form.getByLabel('Почта').fill('maria@example.org');
  await form.getByRole('button', { name: 'Отправить' }).click();
  await hub.until('contacts', () => hub.said('contacts').length === 1);
  assert.deepEqual([hub.said('contacts')[0].name, hub.said('contacts')[0].email], [null, 'maria@example.org']);
});
