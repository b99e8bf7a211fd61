// An operator sends the customer to another page: a real browser goes there, and the conversation goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../support/browser.js';
import { arrive, come, hub, scenes, site } from '../support/scene.js';

scenes({ locale: 'ru-RU' }, { elsewhere: true });

const going = (customer) => customer.page.locator('.going');
const line = (address) => hub.say({ from: 'system', text: 'sent_to Ира', address });

/** Somebody who has asked. */
async function somebody() {
  const customer = await come();
  await customer.write('Где оплата?');
  await customer.states(['sent']);
  return customer;
}

/** The customer looks at another tab than this. */
const hide = (customer, state = 'hidden') =>
  customer.page.evaluate((state) => Object.defineProperty(document, 'visibilityState', { get: () => state, configurable: true }), state);

test('the page is told where it goes, goes, and the conversation goes on there', async () => {
  const customer = await somebody();
  const pay = `${site.address}pay?order=7`;
  line(pay);
  hub.tell({ t: 'go', address: pay });
  await going(customer).getByText(`Вас переводят на страницу сайта ${new URL(pay).host}`).waitFor();
  await customer.page.waitForURL(pay);
  await hub.until('hello', () => hub.said('hello').length === 2);
  const [, again] = hub.said('hello');
  assert.ok(again.token !== null);
  assert.equal(again.page.url, pay);
  await customer.open();
  await customer.sees(['Где оплата?']);
  const said = customer.log.locator('.system');
  assert.equal(await said.last().textContent(), `Ира показывает вам страницу: ${new URL(pay).host}`);
  assert.equal(await said.getByRole('link').getAttribute('href'), pay);
  await customer.write('Нашла');
  await customer.sees(['Где оплата?', 'Нашла']);
  assert.equal(customer.page.url(), pay, 'once');
  await customer.noWrongs();
});

test('whoever turns away while he reads where it goes stays', async () => {
  const customer = await somebody();
  const before = customer.page.url();
  hub.tell({ t: 'go', address: `${site.address}pay` });
  await going(customer).getByText('Вас переводят').waitFor();
  await hide(customer);
  assert.deepEqual(await axe(customer.page), []);
  await going(customer).waitFor({ state: 'hidden' });
  assert.equal(customer.page.url(), before);
});

test('of two tabs the one goes that is looked at, and the other one stays', async () => {
  const [customer, other] = [await somebody(), await arrive()];
  await hub.until('both', () => hub.said('hello').length === 2);
  await hide(customer);
  const before = customer.page.url();
  hub.tell({ t: 'go', address: `${site.address}pay` });
  await other.page.waitForURL(`${site.address}pay`);
  await hide(customer, 'visible');
  hub.answer('Видите?');
  await customer.sees(['Где оплата?', 'Видите?']);
  assert.equal(customer.page.url(), before);
  assert.equal(await going(customer).textContent(), '');
});

test('nowhere but to a page of the web, whatever a hub says', async () => {
  const customer = await somebody();
  const before = customer.page.url();
  for (const address of ['javascript:canary(1)', 'JAVASCRIPT:canary(2)', 'data:text/html,<script>canary(3)</script>', 'file:///etc/passwd', 'blob:null/x', '//evil', 'pay', '', null, 7, 'https://a:b@example.org/']) {
    hub.tell({ t: 'go', address });
    line(address);
  }
  hub.answer('Конец');
  await customer.sees(['Где оплата?', 'Конец']);
  assert.equal(await going(customer).textContent(), '');
  assert.equal(await customer.log.locator('.system a').count(), 0);
  assert.equal(customer.page.url(), before);
  await customer.noWrongs();
});
