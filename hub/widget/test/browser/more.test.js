// More than words: files both ways, contacts, answers to choose from, changes, the end and what comes after it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../support/browser.js';
import { another, come, hub, scenes } from '../support/scene.js';

scenes({ locale: 'ru-RU' }, {
  prepare: (hub) => {
    hub.files = { most_bytes: 10_000, media: ['image/*', 'text/plain'] };
    hub.survey = { stars: true, questions: ['Что нам улучшить?'] };
  },
});

async function talk(options) {
  const customer = await come(await another(options));
  await customer.write('Здравствуйте!');
  await customer.states(['sent']);
  hub.accept('Ира');
  return customer;
}

const text = (name, body) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(body) });
const choose = (customer, files) => customer.page.locator('input[type=file]').setInputFiles(files);

/** Gives files the way a drop or a paste does. */
const give = (customer, selector, kind, name) =>
  customer.page.locator(selector).evaluate((element, [kind, name]) => {
    const data = new DataTransfer();
    data.items.add(new File(['содержание'], name, { type: 'text/plain' }));
    const Kind = kind === 'paste' ? ClipboardEvent : DragEvent;
    const carried = kind === 'paste' ? { clipboardData: data } : { dataTransfer: data };
    element.dispatchEvent(new Kind(kind, { bubbles: true, cancelable: true, ...carried }));
  }, [kind, name]);

test('files are chosen, dropped and pasted, and go in that order, once', async () => {
  const customer = await talk();
  await choose(customer, [text('первый.txt', 'раз'), text('второй.txt', 'два')]);
  await customer.states(['sent', 'sent', 'sent']);
  await give(customer, '.panel', 'drop', 'третий.txt');
  await customer.states(['sent', 'sent', 'sent', 'sent']);
  await give(customer, 'textarea', 'paste', 'четвёртый.txt');
  await customer.states(['sent', 'sent', 'sent', 'sent', 'sent']);
  const sent = hub.said('send_file').map(({ file }) => hub.contents.get(file).file.name);
  assert.deepEqual(sent, ['первый.txt', 'второй.txt', 'третий.txt', 'четвёртый.txt']);
  assert.equal(hub.contents.get(hub.said('send_file')[1].file).content.toString(), 'два');
  await customer.noWrongs();
});

test('a file that cannot go says why and can be removed; one that broke off goes again', async () => {
  const customer = await talk();
  hub.uploadFails.push({ status: 415, code: 'media' }, { status: 503, code: 'unavailable', retry_after_ms: 1 });
  await choose(customer, [text('пустой.txt', ''), text('большой.txt', 'x'.repeat(10_001)), text('не тот.txt', 'MZ'), text('хороший.txt', 'раз')]);
  await customer.states(['sent', 'sent', 'refused', 'refused', 'refused']);
  const problems = await customer.log.locator('.problem').allTextContents();
  assert.deepEqual(problems.map((said) => said.split(':')[1].split('.')[0].trim()), ['файл пустой', 'файл слишком большой', 'файлы такого вида не принимают']);
  assert.equal(hub.said('send_file').length, 1);
  for (let left = 3; left > 0; left -= 1) await customer.log.getByRole('button', { name: 'Удалить' }).first().click();
  await customer.states(['sent', 'sent']);
});

test('a file of an operator: checked, shown small, saved', async () => {
  const customer = await talk();
  const file = hub.keep('чек.png', Buffer.from('содержание'), { media: 'image/png', state: 'checking', pixels: [2, 2] });
  const message = hub.say({ from: 'operator', name: 'Ира', kind: 'file', text: 'Вот чек', file });
  await customer.log.getByText('Проверяется').waitFor();
  file.state = 'ready';
  hub.change(message, { file });
  await customer.log.locator('.file.pictured img').waitFor();
  const [download] = await Promise.all([customer.page.waitForEvent('download'), customer.log.getByRole('button', { name: /Скачать чек\.png/ }).click()]);
  assert.match(download.url(), new RegExp(`files/${file.id}\\?`));
  assert.deepEqual(await axe(customer.page), []);
  await customer.noWrongs();
});

test('edited and taken back', async () => {
  const customer = await talk();
  const message = hub.answer('Завтро');
  await customer.sees(['Здравствуйте!', 'Завтро']);
  hub.change(message, { text: 'Завтра', edited: true });
  await customer.sees(['Здравствуйте!', 'Завтра']);
  await customer.log.locator('.meta').getByText('изменено').waitFor();
  hub.change(message, { text: '', deleted: true });
  await customer.sees(['Здравствуйте!', 'Сообщение удалено']);
  await customer.page.reload();
  await customer.open();
  await customer.sees(['Здравствуйте!', 'Сообщение удалено']);
});

test('contacts by a form, by keyboard', async () => {
  const customer = await talk();
  hub.say({ from: 'operator', name: 'Ира', kind: 'contact_request', text: '' });
  await customer.page.getByLabel('Имя').focus();
  const { keyboard } = customer.page;
  await keyboard.type('Мария');
  await keyboard.press('Tab');
  await keyboard.type('maria@example.org');
  await keyboard.press('Enter');
  await hub.until('contacts', () => hub.said('contacts').length === 1);
  const [{ name, email, phone }] = hub.said('contacts');
  assert.deepEqual([name, email, phone], ['Мария', 'maria@example.org', null]);
  await customer.log.locator('form').waitFor({ state: 'detached' });
});

test('answers to choose from are there until something is said', async () => {
  const customer = await talk();
  hub.say({ from: 'hub', text: 'Мы открыты с девяти.' });
  hub.say({ from: 'operator', name: 'Бот', kind: 'keyboard', text: 'О чём вопрос?\nДоставка\nОплата' });
  await customer.page.getByRole('button', { name: 'Оплата' }).click();
  await hub.until('the answer', () => hub.words.includes('Оплата'));
  await customer.page.getByRole('button', { name: 'Оплата' }).waitFor({ state: 'detached' });
  await customer.sees(['Здравствуйте!', 'Мы открыты с девяти.', 'О чём вопрос?', 'Оплата']);
});

for (const [locale, end, stars, send] of [['ru-RU', 'Завершить разговор', '5 из 5', 'Отправить'], ['en-GB', 'End the conversation', '5 of 5', 'Send']]) {
  test(`the end, and stars after it, at 360 px: ${locale}`, async () => {
    const customer = await talk({ locale, viewport: { width: 360, height: 640 } });
    await customer.page.getByRole('button', { name: end }).click();
    const survey = customer.page.locator('.survey');
    await survey.waitFor();
    assert.deepEqual(await axe(customer.page), []);
    const box = await survey.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 640, JSON.stringify(box));
    await survey.getByRole('radio', { name: stars }).check();
    await survey.getByLabel('Что нам улучшить?').fill('Ничего');
    await survey.getByRole('button', { name: send }).click();
    await hub.until('a rating', () => hub.said('rate').length === 1);
    const [{ stars: given, answers, note }] = hub.said('rate');
    assert.deepEqual([given, answers, note], [5, ['Ничего'], null]);
    await survey.waitFor({ state: 'hidden' });
    assert.equal(await customer.page.evaluate(() => document.documentElement.scrollWidth), 360);
  });
}

test('who may not write is told so, and may again', async () => {
  const customer = await talk();
  hub.block(true);
  await customer.status.getByText('Приём сообщений от вас остановлен').waitFor();
  assert.ok(await customer.field.isDisabled());
  assert.deepEqual(await axe(customer.page), []);
  hub.block(false);
  await customer.write('Спасибо');
  await customer.states(['sent', 'sent']);
});

test('a centre that takes no files offers none', async () => {
  hub.files = null;
  const customer = await talk();
  await customer.page.getByRole('button', { name: 'Приложить файл' }).waitFor({ state: 'hidden' });
  await give(customer, '.panel', 'drop', 'файл.txt');
  await customer.write('слово');
  await customer.states(['sent', 'sent']);
  assert.equal(hub.contents.size, 0);
});

test('the centre\'s new name stands in the panel at once', async () => {
  const customer = await come();
  await customer.page.locator('.panel').getByText('Чай и глина').first().waitFor();
  hub.rename('Лавка <b>');
  await customer.page.locator('.panel').getByText('Лавка <b>').first().waitFor();
});

test('whether somebody is there stands in the panel and at the button, and follows the hub', async () => {
  hub.line = 'offline';
  const customer = await come();
  const head = customer.page.locator('.head');
  await head.getByText('Сейчас никого нет. Напишите, мы ответим позже').waitFor();
  assert.deepEqual(await axe(customer.page), []);
  hub.setLine('online');
  await head.getByText('Мы на связи').waitFor();
  assert.equal(await customer.page.locator('.face').getAttribute('data-line'), 'online');
  assert.deepEqual(await axe(customer.page), []);
  await customer.page.keyboard.press('Escape');
  await customer.page.getByRole('button', { name: 'Открыть чат', exact: true }).waitFor();
  hub.setLine('offline');
  await customer.page.getByRole('button', { name: 'Открыть чат, сейчас никого нет', exact: true }).waitFor();
  assert.deepEqual(await axe(customer.page), []);
  // Who has the conversation is more than that somebody is there.
  await customer.open();
  await customer.write('Здравствуйте!');
  await customer.states(['sent']);
  hub.accept('Ира');
  await head.getByText('Вам отвечает Ира').waitFor();
});

test('without a connection, and of a hub that does not tell, nothing is said of who is there', async () => {
  const customer = await come();
  await customer.page.locator('.panel').getByText('Чай и глина').first().waitFor();
  const served = customer.page.locator('.names p');
  assert.equal(await served.textContent(), '');
  hub.setLine('busy_online');
  hub.rename('Лавка');
  await customer.page.locator('.panel').getByText('Лавка').first().waitFor();
  assert.equal(await served.textContent(), '', 'a word of a newer hub');
  hub.setLine('online');
  await served.getByText('Мы на связи').waitFor();
  await hub.kill();
  await customer.status.getByText('Нет связи').waitFor();
  assert.equal(await served.textContent(), '');
  await hub.start();
  await served.getByText('Мы на связи').waitFor();
});
