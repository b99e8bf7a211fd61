// Other ways to the hub, and several tabs on the same way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrive, come, his, hub, scenes } from '../support/scene.js';

scenes({ locale: 'en-GB' });

for (const fault of ['refused', 'swallowed']) {
  test(`a WebSocket that is ${fault}: the conversation goes over POST`, async () => {
    hub.faults.sockets = fault;
    const customer = await come();
    await customer.write('hello?');
    await customer.states(['sent'], 30_000);
    assert.ok(hub.heard.every(({ kind }) => kind === 'poll'));
    hub.accept('Ira');
    hub.typing(true, 'Ira');
    await customer.page.getByText('Ira is typing…').waitFor();
    hub.answer('here I am');
    await customer.sees(['hello?', 'here I am']);
    for (const text of ['one', 'two', 'three']) await customer.write(text);
    await customer.states(['sent', 'sent', 'sent', 'sent']);
    assert.deepEqual(hub.words, ['hello?', 'one', 'two', 'three']);
    await hub.until('all seen', () => hub.said('seen').at(-1)?.read === 6);
    await customer.noWrongs();
  });
}

test('over POST too: the hub dies, the queue goes out once and in order', async () => {
  hub.faults.sockets = 'refused';
  const customer = await come();
  await customer.write('zero');
  await customer.states(['sent'], 30_000);
  hub.faults.loseResults = 1;
  await customer.write('one');
  await hub.until('one', () => hub.words.length === 2);
  await hub.kill();
  await customer.write('two');
  await hub.start();
  await customer.states(['sent', 'sent', 'sent'], 60_000);
  assert.deepEqual(hub.words, ['zero', 'one', 'two']);
});

test('two tabs are one customer and show one conversation', async () => {
  const [first, second] = [await arrive(), await arrive()];
  await Promise.all([first.open(), second.open()]);
  await hub.until('both', () => hub.said('hello').length === 2);
  assert.equal(hub.customers.size, 1);
  await first.write('from the first');
  await second.sees(['from the first']);
  await second.write('from the second');
  await first.sees(['from the first', 'from the second']);
  hub.answer('to both');
  for (const tab of [first, second]) await tab.sees(['from the first', 'from the second', 'to both']);
});

test('what waits in two tabs is sent by one, once, in the order of writing', async () => {
  const [first, second] = [await come(), await come()];
  await first.write('zero');
  await second.sees(['zero']);
  await hub.kill();
  const written = ['one', 'two', 'three', 'four', 'five', 'six'];
  for (const [at, text] of written.entries()) await (at % 2 === 0 ? first : second).write(text);
  await first.sees(['zero', ...written]);
  await hub.start();
  for (const tab of [first, second]) await tab.states(Array(7).fill('sent'), 40_000);
  assert.deepEqual(hub.words, ['zero', ...written]);
  // No message was said twice: the tabs took turns.
  const said = hub.said('send').map(({ id }) => id);
  assert.equal(new Set(said).size, said.length);
});

test('without the browser\'s locks the tabs take turns by a lease', async () => {
  await (await his()).addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  const [first, second] = [await arrive(), await arrive()];
  await Promise.all([first.open(), second.open()]);
  await hub.until('both', () => hub.said('hello').length === 2);
  assert.equal(hub.customers.size, 1);
  await Promise.all([first.write('one'), second.write('two')]);
  for (const tab of [first, second]) await tab.states(['sent', 'sent']);
  assert.deepEqual(hub.words.toSorted(), ['one', 'two']);
});

test('a tab that was only looking on hears the answer once another has begun to write', async () => {
  const [idle, writing] = [await arrive(), await come()];
  await writing.write('hello?');
  await writing.states(['sent']);
  await hub.until('the onlooker', () => hub.customer.peers.size === 2);
  await writing.page.keyboard.press('Escape');
  hub.answer('yes?');
  await idle.page.getByRole('button', { name: 'Open chat, 1 new message' }).waitFor();
  await writing.noWrongs();
  await idle.noWrongs();
});
