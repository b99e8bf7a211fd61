import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrive, hub, scenes } from '../support/scene.js';

scenes({ locale: 'ru-RU', timezoneId: 'Asia/Vladivostok' });

test('a customer writes, Ира answers, both see it', async () => {
  const customer = await arrive();
  await customer.open();
  await customer.write('Где мой заказ?');
  await customer.states(['sent']);
  hub.accept('Ира');
  hub.typing(true);
  await customer.page.getByText('Ира печатает…').waitFor();
  hub.answer('Уже в пути.');
  hub.readByOperator();
  await customer.sees(['Где мой заказ?', 'Уже в пути.']);
  await customer.states(['read']);
  assert.equal(await customer.page.getByText('Ира печатает…').count(), 0);
  assert.match(await customer.log.textContent(), /Вам отвечает Ира/);
  assert.match(await customer.panel.locator('.head').textContent(), /Чай и глина.*Вам отвечает Ира/);
  assert.match(await customer.own.locator('.meta').textContent(), /\d\d:\d\dПрочитано/);
  assert.match(await customer.log.locator('.day').textContent(), /Сегодня/);
  await hub.until('everything seen', () => hub.said('seen').at(-1)?.read === 3 && hub.said('seen').at(-1)?.delivered === 3);
  await customer.noWrongs();
});

test('an opened widget says hello and nothing else, and nothing before it is opened', async () => {
  const customer = await arrive();
  await customer.launcher.waitFor();
  assert.deepEqual(hub.heard, []);
  await customer.open();
  await hub.until('hello', () => hub.said('hello').length === 1);
  await customer.page.keyboard.press('Escape');
  await customer.open();
  // The answer to this word comes after anything else that would have been said by then.
  await customer.page.evaluate(() => fetch('/'));
  assert.deepEqual(hub.heard.map(({ t }) => t), ['hello']);
  const { peer, ...hello } = hub.heard[0];
  assert.deepEqual(hello, {
    kind: 'socket', t: 'hello', protocol: 1, token: null, after: null, language: 'ru-RU', zone: 'Asia/Vladivostok',
    page: { url: hub.address, title: 'Чай и глина' },
  });
  assert.equal(hub.customer.dialog, null);
});

test('another page of a site that does not reload is told once, however it was reached', async () => {
  const customer = await arrive();
  await customer.open();
  await hub.until('hello', () => hub.said('hello').length === 1);
  await customer.page.evaluate(() => history.pushState(null, '', '/cart'));
  await hub.until('the cart', () => hub.said('page').length === 1);
  await customer.page.evaluate(() => history.replaceState(null, '', '/cart'));
  await customer.page.evaluate(() => (location.hash = 'pay'));
  await hub.until('the payment', () => hub.said('page').length === 2);
  const base = hub.address.replace(/\/$/, '');
  assert.deepEqual(hub.said('page').map(({ url }) => url), [`${base}/cart`, `${base}/cart#pay`]);
});

test('the draft is told as it is typed, once a second at most, and taken back', async () => {
  const customer = await arrive();
  await customer.open();
  await customer.write('Здравствуйте');
  await customer.states(['sent']);
  await customer.field.pressSequentially('А когда приедет?', { delay: 150 });
  await hub.until('the whole draft', () => hub.said('draft').at(-1)?.text === 'А когда приедет?');
  const sent = hub.heard.findIndex(({ t }) => t === 'send');
  const drafts = hub.heard.slice(sent).filter(({ t }) => t === 'draft').map(({ text }) => text);
  assert.ok(drafts.length >= 2 && drafts.length <= 6, `${drafts}`);
  for (const text of drafts) assert.ok('А когда приедет?'.startsWith(text));
  await customer.field.press('Enter');
  await customer.states(['sent', 'sent']);
  const last = hub.heard.map(({ t, text }) => `${t} ${text}`).filter((said) => said.startsWith('draft') || said.startsWith('send'));
  assert.deepEqual(last.slice(-2), ['draft null', 'send А когда приедет?']);
  await customer.field.pressSequentially('Ой');
  await hub.until('another draft', () => hub.said('draft').at(-1)?.text === 'Ой');
  await customer.field.fill('');
  await hub.until('the draft cleared', () => hub.said('draft').at(-1)?.text === null);
  await customer.field.pressSequentially('И ещё');
  await hub.until('the draft left alone', () => hub.said('draft').at(-2)?.text === 'И ещё' && hub.said('draft').at(-1)?.text === null, 12_000);
});

test('a reload keeps the conversation, and asks only for what is missing', async () => {
  const customer = await arrive();
  await customer.open();
  await customer.write('Раз');
  await customer.states(['sent']);
  hub.answer('Два');
  await customer.sees(['Раз', 'Два']);
  await customer.page.reload();
  await hub.until('hello again', () => hub.said('hello').length === 2);
  const [, again] = hub.said('hello');
  assert.equal(again.token, hub.customer.token);
  assert.deepEqual(again.after, { dialog: hub.customer.dialog.id, upto: 2 });
  await customer.open();
  await customer.sees(['Раз', 'Два']);
  hub.answer('Три');
  await customer.sees(['Раз', 'Два', 'Три']);
  assert.equal(hub.customers.size, 1);
});

test('answers to a closed widget are counted on its button, and read when it opens', async () => {
  const customer = await arrive();
  await customer.open();
  await customer.write('Вопрос');
  await customer.states(['sent']);
  await customer.page.keyboard.press('Escape');
  hub.answer('Ответ');
  hub.answer('И ещё');
  await customer.page.getByRole('button', { name: 'Открыть чат, 2 новых сообщения' }).waitFor();
  await hub.until('delivered, not read', () => hub.said('seen').at(-1)?.delivered === 3);
  assert.equal(hub.said('seen').at(-1).read, 1);
  await customer.page.reload();
  await customer.page.getByRole('button', { name: 'Открыть чат, 2 новых сообщения' }).waitFor();
  await customer.open();
  await hub.until('read', () => hub.said('seen').at(-1)?.read === 3);
  await customer.page.keyboard.press('Escape');
  await customer.page.getByRole('button', { name: 'Открыть чат', exact: true }).waitFor();
});

test('system lines are said in words; a code of a newer hub is not shown', async () => {
  const customer = await arrive();
  await customer.open();
  await customer.write('Вопрос');
  await customer.states(['sent']);
  for (const line of ['accepted Ира', 'transferred Олег', 'returned', 'closed Олег', 'reopened', 'levitated Ира']) hub.system(line);
  hub.answer('Конец');
  await customer.sees(['Вопрос', 'Конец']);
  assert.deepEqual(await customer.log.locator('.system').allTextContents(), [
    'Вам отвечает Ира', 'Разговор продолжит Олег', 'Разговор вернулся в очередь, скоро вам ответят',
    'Разговор завершён. Напишите, если появятся вопросы', 'Разговор продолжен',
  ]);
});

test('a message too long stays in the composer with a count; a refused one stays in the thread with the reason', async () => {
  hub.textChars = 20;
  const customer = await arrive();
  await customer.open();
  await hub.until('hello', () => hub.said('hello').length === 1);
  await customer.page.getByText('Чай и глина', { exact: true }).last().waitFor();
  await customer.write('двадцать один символ!');
  await customer.page.getByText('Слишком длинно. Лишних знаков: 1').waitFor();
  assert.equal(await customer.field.inputValue(), 'двадцать один символ!');
  assert.deepEqual(await customer.texts(), []);
  hub.faults.refuse = 'blocked';
  await customer.write('Впустите');
  await customer.states(['refused']);
  await customer.page.getByText('приём сообщений от вас остановлен').waitFor();
  hub.faults.refuse = null;
  await customer.write('А это?');
  await customer.states(['sent', 'refused']);
  await customer.page.getByRole('button', { name: 'Исправить' }).click();
  assert.equal(await customer.field.inputValue(), 'Впустите');
  await customer.field.press('Enter');
  await customer.states(['sent', 'sent']);
  assert.deepEqual(hub.words, ['А это?', 'Впустите']);
});
