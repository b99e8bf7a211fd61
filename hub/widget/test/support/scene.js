// What every story in a browser begins with and is cleared away after: a browser for the file; for each of its tests a hub,
// a site of somebody else's where one is wanted, and the browsers' contexts that its customers come with.
import { after, afterEach, before, beforeEach } from 'node:test';
import { launch, visit } from './browser.js';
import { FakeHub } from './fake-hub.js';
import { Site } from './site.js';

/** The file's browser. @type {import('playwright-core').Browser} */
export let browser;
/** The present test's hub. @type {FakeHub} */
export let hub;
/** The site that the widget stands on; null: the hub's own page. @type {Site | null} */
export let site = null;

let contexts = [];
let own = null;
let usual = {};

/**
 * Sets the scene for each test of a file.
 * @param {import('playwright-core').BrowserContextOptions} options of a customer's browser, unless a test says otherwise
 * @param {{ prepare?: (hub: FakeHub) => void, elsewhere?: boolean }} [around] what the hub has before it starts, and
 * whether the widget stands on somebody else's site, which stays up while the hub goes down
 */
export function scenes(options, { prepare = () => undefined, elsewhere = false } = {}) {
  usual = options;
  before(async () => (browser = await launch()));
  after(() => browser.close());
  beforeEach(async () => {
    [contexts, own] = [[], null];
    hub = new FakeHub();
    prepare(hub);
    await hub.start();
    if (!elsewhere) return;
    site = new Site(hub.address);
    await site.start();
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
    await site?.stop();
    await hub.kill();
  });
}

/** The browser of one more customer. It is closed when the test ends. */
export async function another(options = {}, from = browser) {
  const context = await from.newContext({ ...usual, ...options });
  contexts.push(context);
  return context;
}

/** The browser of the customer whom a test is about: whatever is opened in it has one memory. */
export const his = async () => (own ??= await another());

/** Somebody comes to the page, in a tab of the customer's browser or in that of another one. */
export async function arrive(context) {
  const places = site === null ? [hub] : [site, hub];
  return visit(context ?? (await his()), places[0].address, places.map(({ address }) => new URL(address).origin));
}

/** The same, and opens the widget. */
export async function come(context) {
  const customer = await arrive(context);
  await customer.open();
  return customer;
}
