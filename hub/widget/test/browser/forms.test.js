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

/** A customer whom an operator has just asked for contacts. */
async function askedByOperator() {
  hub.forms = { ...FORMS, first_question: [] };
  const customer = await come();
  await customer.write('Здравствуйте!');
  await customer.states(['sent']);
  hub.accept('Ира');
  hub.say({ from: 'operator', name: 'Ира', kind: 'contact_request', text: '' });
  return customer;
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
  const customer = await askedByOperator();
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

test('what the hub did not take is in the form after a reload, and in another tab; taken, it is kept no more', async () => {
  const customer = await come();
  hub.faults.wrong = { field: 'name', fault: 'too_long' };
  await customer.page.getByLabel('Имя').fill('Мария');
  await customer.write('Где заказ?');
  await customer.page.locator('.fault').getByText('Слишком длинно: можно до 20 знаков').waitFor();
  await customer.page.reload();
  await customer.open();
  await customer.page.locator('.fault').getByText('Слишком длинно: можно до 20 знаков').waitFor();
  assert.equal(await customer.page.getByLabel('Имя').inputValue(), 'Мария');
  const other = await come();
  await other.page.locator('.fault').getByText('Слишком длинно: можно до 20 знаков').waitFor();
  assert.equal(await other.page.getByLabel('Имя').inputValue(), 'Мария');
  hub.faults.wrong = null;
  await other.page.getByLabel('Имя').fill('Маша');
  await other.page.locator('.first').getByRole('button', { name: 'Отправить' }).click();
  await given();
  await other.states(['sent', 'sent']);
  await customer.page.locator('.first').waitFor({ state: 'hidden' });
  assert.deepEqual(await kept(other), []);
});

/** What a page keeps of forms, by its keys. */
const kept = (customer) =>
  customer.page.evaluate(() => [localStorage, sessionStorage].flatMap((storage) => Object.keys(storage)).filter((key) => /(refused|contacts)$/.test(key)));

test('a form that is filled in half survives a reload, and nothing of it stays when it is answered', async () => {
  hub.line = 'offline';
  const customer = await come();
  await customer.page.getByLabel('Имя').pressSequentially('Мария');
  await customer.page.getByLabel('Телефон').pressSequentially('900');
  assert.equal((await kept(customer)).length, 1);
  await customer.page.reload();
  await customer.open();
  await customer.page.locator('.first').waitFor();
  assert.equal(await customer.page.getByLabel('Имя').inputValue(), 'Мария');
  assert.equal(await customer.page.getByLabel('Телефон').inputValue(), '900');
  assert.deepEqual(await faults(customer), [], 'nobody has looked at it yet');
  await customer.page.getByLabel('Телефон').fill('9001234567');
  await customer.write('Где заказ?');
  await given();
  await customer.states(['sent', 'sent']);
  assert.deepEqual(await kept(customer), []);
});

test('a form half typed in a second tab is empty when the first one has sent the contacts', async () => {
  const [customer, other] = [await come(), await come()];
  await other.page.getByLabel('Имя').pressSequentially('Мар');
  assert.equal((await kept(other)).length, 1);
  await customer.page.getByLabel('Имя').fill('Мария');
  await customer.write('Где заказ?');
  await given();
  await customer.states(['sent', 'sent']);
  await other.page.locator('.first').waitFor({ state: 'hidden' });
  assert.deepEqual(await kept(other), []);
});

test('somebody whom the hub does not know any more is shown nobody else\'s contacts', async () => {
  const customer = await come();
  await customer.page.getByLabel('Имя').pressSequentially('Мария');
  hub.customers.clear();
  await customer.page.reload();
  await customer.open();
  await customer.page.locator('.first').waitFor();
  assert.equal(await customer.page.getByLabel('Имя').inputValue(), '');
  assert.deepEqual(await kept(customer), []);
});

test('where the browser keeps nothing, the form keeps what the hub did not take until the page is left', async () => {
  const context = await another();
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(globalThis, name, { get: () => { throw new DOMException('denied', 'SecurityError'); } });
  });
  const customer = await come(context);
  hub.faults.wrong = { field: 'name', fault: 'too_long' };
  await customer.page.getByLabel('Имя').fill('Мария');
  await customer.write('Где заказ?');
  await customer.page.locator('.fault').getByText('Слишком длинно: можно до 20 знаков').waitFor();
  assert.equal(await customer.page.getByLabel('Имя').inputValue(), 'Мария');
  await customer.noWrongs();
});

test('an operator\'s next words take no form away, and a reload nothing that is in it', async () => {
  const customer = await askedByOperator();
  const field = customer.log.locator('form').getByLabel('Почта');
  await field.pressSequentially('maria@');
  hub.answer('Я подожду');
  await customer.log.getByText('Я подожду').waitFor();
  await field.pressSequentially('example.org');
  await customer.page.reload();
  await customer.open();
  assert.equal(await field.inputValue(), 'maria@example.org');
  hub.faults.wrong = { field: 'email', fault: 'kind' };
  await field.press('Enter');
  await customer.page.locator('.fault').getByText('Проверьте адрес').waitFor();
  hub.faults.wrong = null;
  await field.fill('maria@example.com');
  await field.press('Enter');
  await customer.log.locator('form').waitFor({ state: 'detached' });
  await customer.states(['sent', 'sent']);
  assert.deepEqual(await kept(customer), []);
});

test('contacts that nothing asks for any more stay on the screen, with the reason', async () => {
  hub.forms = { ...FORMS, first_question: [] };
  const customer = await come();
  await customer.write('Здравствуйте!');
  await customer.states(['sent']);
  hub.say({ from: 'operator', name: 'Ира', kind: 'contact_request', text: '' });
  const form = customer.log.locator('form');
  await form.getByLabel('Почта').fill('maria@example.org');
  await hub.kill();
  await form.getByRole('button', { name: 'Отправить' }).click();
  await customer.states(['sent', 'queued']);
  hub.faults.wrong = { field: 'email', fault: 'hidden' };
  hub.forms = { offline: [], first_question: [], contacts_request: [] };
  await hub.start();
  await customer.states(['sent', 'refused']);
  await customer.log.getByRole('button', { name: 'Исправить' }).click();
  assert.equal(await customer.field.inputValue(), 'maria@example.org');
});
