// An answer that quotes: what stands above its words, and the way to the message.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../support/browser.js';
import { BUILT, HOSTILE } from '../support/hostile.js';
import { another, come, hub, scenes } from '../support/scene.js';

const NARROW = { width: 360, height: 640 };
scenes({ locale: 'ru-RU', viewport: NARROW });

async function asks(words, options) {
  const customer = await come(await another(options));
  await customer.write(words);
  await customer.states(['sent']);
  return customer;
}

const answers = (text, quote, name = 'Ира') => hub.say({ from: 'operator', name, text, quote });
const quotes = (customer) => customer.log.locator('.quote');
/** Enough in between for the quoted message to be out of sight. */
const talkOn = (count = 30) => {
  for (let i = 0; i < count; i += 1) hub.answer(`Слово ${i}`);
};
/** Which row is in view as a whole, focused and marked. */
const stands = (row) =>
  row.evaluate((element) => {
    const [box, view] = [element.getBoundingClientRect(), element.closest('.log').getBoundingClientRect()];
    const inView = box.top >= view.top - 1 && box.bottom <= view.bottom + 1;
    return { inView, focused: element.getRootNode().activeElement === element, marked: element.classList.contains('found') };
  });

const LOOKS = [
  ['ru-RU', 'light', 'В ответ на: Вы: Где мой заказ?'],
  ['en-GB', 'dark', 'In reply to: You: Где мой заказ?'],
];
for (const [locale, colorScheme, said] of LOOKS) {
  test(`the words and whose they were stand above the answer, at 360 px, over a reload: ${locale}, ${colorScheme}`, async () => {
    const customer = await asks('Где мой заказ?', { locale, colorScheme });
    answers('Уже в пути.', { seq: 1, excerpt: 'Где мой заказ?' });
    const button = customer.log.getByRole('button', { name: said, exact: true });
    await button.waitFor();
    assert.deepEqual(await axe(customer.page), []);
    const order = await customer.log.locator('.operator .bubble').evaluate((bubble) => [...bubble.childNodes].map((node) => node.textContent.includes('в пути')));
    assert.deepEqual(order, [false, true], 'read before the answer');
    assert.equal(await customer.page.evaluate(() => document.documentElement.scrollWidth), 360);
    await customer.page.reload();
    await customer.open();
    await button.waitFor();
    await customer.noWrongs();
  });
}

for (const [how, reducedMotion] of [['Enter', 'no-preference'], ['a click', 'reduce']]) {
  test(`${how} leads to the quoted message, which is marked for a while: motion ${reducedMotion}`, async () => {
    const customer = await asks('Где мой заказ?', { reducedMotion });
    talkOn();
    answers('Уже в пути.', { seq: 1, excerpt: 'Где мой заказ?' });
    await quotes(customer).waitFor();
    assert.equal((await stands(customer.own)).inView, false);
    const scrolled = await customer.page.evaluate(() => scrollY);
    if (how === 'Enter') {
      await quotes(customer).focus();
      await customer.page.keyboard.press('Enter');
    } else await quotes(customer).click();
    // Nothing is waited for: it is there at once.
    assert.deepEqual(await stands(customer.own), { inView: true, focused: true, marked: true });
    const moves = await customer.own.locator('.bubble').evaluate((bubble) => getComputedStyle(bubble).animationName);
    assert.equal(moves, reducedMotion === 'reduce' ? 'none' : 'mark');
    assert.deepEqual(await axe(customer.page), []);
    // What comes meanwhile carries nobody back to the end, and is told.
    hub.answer('И ещё');
    await customer.page.getByRole('button', { name: 'Новые сообщения' }).waitFor();
    assert.equal((await stands(customer.own)).inView, true);
    await customer.log.locator('.found').waitFor({ state: 'detached' });
    assert.equal(await customer.page.evaluate(() => scrollY), scrolled, 'the site stays where it was');
    await customer.noWrongs();
  });
}

test('changed or taken back, the quoted words stay as they were, and still lead to the message', async () => {
  const customer = await asks('Когда?');
  const first = hub.answer('Завтро');
  answers('То есть послезавтра', { seq: first.seq, excerpt: 'Завтро' });
  await quotes(customer).waitFor();
  hub.change(first, { text: 'Завтра', edited: true });
  await customer.log.getByText('Завтра', { exact: true }).waitFor();
  assert.match(await quotes(customer).textContent(), /^ИраЗавтро$/);
  hub.change(first, { text: '', deleted: true });
  await customer.log.getByText('Сообщение удалено').waitFor();
  assert.match(await quotes(customer).textContent(), /^ИраЗавтро$/);
  await quotes(customer).click();
  assert.equal((await stands(customer.log.locator('.row.operator').first())).focused, true);
});

test('an answer that is changed keeps its quote; one that is taken back has none', async () => {
  const customer = await asks('Когда?');
  const message = answers('Завтро', { seq: 1, excerpt: 'Когда?' });
  await quotes(customer).waitFor();
  hub.change(message, { text: 'Завтра', edited: true });
  await customer.log.getByText('изменено').waitFor();
  assert.equal(await quotes(customer).count(), 1);
  hub.change(message, { text: '', deleted: true });
  await customer.log.getByText('Сообщение удалено').waitFor();
  assert.equal(await quotes(customer).count(), 0);
});

test('a file is quoted by its name; what is not on the page leads nowhere and is nobody\'s', async () => {
  const customer = await asks('Вот чек');
  const file = hub.keep('чек.png', Buffer.from('содержание'), { media: 'image/png' });
  hub.say({ from: 'customer', kind: 'file', text: '', file });
  answers('Спасибо', { seq: 2, excerpt: 'чек.png' });
  answers('И по тому вопросу', { seq: 99, excerpt: 'Давно было' });
  await customer.log.getByRole('button', { name: 'В ответ на: Вы: Файл чек.png', exact: true }).waitFor();
  await quotes(customer).nth(1).waitFor();
  const [, elsewhere] = await quotes(customer).evaluateAll((all) => all.map((one) => [one.localName, one.textContent]));
  assert.deepEqual(elsewhere, ['span', 'В ответ на: Давно было']);
  assert.deepEqual(await axe(customer.page), []);
});

test('an answer in another script keeps its own direction, and so do the quoted words', async () => {
  const customer = await asks('Где мой заказ?');
  answers('שלום', { seq: 1, excerpt: 'Где мой заказ?' });
  answers('Что это значит?', { seq: 2, excerpt: 'שלום' });
  await quotes(customer).nth(1).waitFor();
  const directions = (selector) => customer.log.locator(selector).evaluateAll((all) => all.map((one) => getComputedStyle(one).direction));
  assert.deepEqual(await directions('.operator .bubble'), ['rtl', 'ltr']);
  assert.deepEqual(await directions('.quote'), ['ltr', 'rtl']);
});

test('hostile words in a quote and in the name above it run nothing and leave no place of theirs', async () => {
  assert.ok(BUILT.length >= 1_000);
  const customer = await asks('начнём');
  for (const [at, text] of HOSTILE.entries()) {
    hub.answer('слово', text.slice(0, 300));
    answers(`ответ ${at}`, { seq: 2 + at * 2, excerpt: text });
  }
  await quotes(customer).nth(HOSTILE.length - 1).waitFor();
  assert.equal(await quotes(customer).count(), HOSTILE.length);
  const strange = await customer.log.evaluate((log) => [
    ...[...log.querySelectorAll('.quote *')].map(({ localName }) => localName).filter((name) => name !== 'span' && name !== 'bdi'),
    ...[...log.querySelectorAll('.quote')].filter((one) => one.clientHeight > 100).map(({ clientHeight }) => `${clientHeight} px high`),
    ...(log.scrollWidth > log.clientWidth ? ['the log scrolls sideways'] : []),
  ]);
  assert.deepEqual(strange, []);
  for (const quote of [7, 'x', {}, { seq: 1, excerpt: 7 }, { seq: 'x', excerpt: 'x' }]) answers('без цитаты', quote);
  await customer.log.getByText('без цитаты').nth(4).waitFor();
  assert.equal(await quotes(customer).count(), HOSTILE.length);
  await customer.noWrongs();
});
