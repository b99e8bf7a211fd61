// A real browser, a page of it that counts what must not happen, and the widget on it as a person finds it.
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/** Without windows, where the system has that: it asks a third less of the processor. */
const USUAL = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((one) => existsSync(one));

/** @param {string[]} more */
export const launch = (more = []) =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? USUAL, args: [...FLAGS, ...more] });

/** A page's wrongs: requests to elsewhere, violations of the policy, errors, script that ran from a text. */
export class Wrongs {
  list = [];
  /** Requests that fail because the test took the hub away are expected. */
  constructor(page, origins) {
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (!origins.includes(url.origin) && url.protocol !== 'data:') this.list.push(`request to ${url}`);
    });
    page.on('websocket', (socket) => {
      const url = new URL(socket.url());
      if (!origins.includes(url.origin.replace(/^ws/, 'http'))) this.list.push(`socket to ${url}`);
    });
    page.on('pageerror', (error) => this.list.push(`error ${error.message}`));
    page.on('dialog', (dialog) => {
      this.list.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** Violations and canaries are counted inside the page. */
  async of(page) {
    return [...this.list, ...(await page.evaluate(() => globalThis.wrongs ?? ['no count of wrongs']))];
  }
}

/** Opens a page with the widget. */
export async function visit(context, address, origins = [new URL(address).origin]) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.wrongs = [];
    globalThis.canary = (what) => globalThis.wrongs.push(`ran ${what}`);
    addEventListener('securitypolicyviolation', (event) => globalThis.wrongs.push(`violates ${event.violatedDirective} ${event.blockedURI}`));
  });
  const wrongs = new Wrongs(page, origins);
  await page.goto(address);
  return new Visit(page, wrongs);
}

/** The widget on a page, by the names a screen reader gives. */
export class Visit {
  constructor(page, wrongs) {
    Object.assign(this, { page, wrongs });
    this.launcher = page.getByRole('button', { name: /^(Open|Close|Открыть|Закрыть) ?(chat|чат)/ }).locator('css=.launcher').or(page.locator('.launcher'));
    this.panel = page.getByRole('dialog');
    this.field = page.getByRole('textbox', { name: /Message|Сообщение/ });
    this.log = page.getByRole('log');
    this.own = this.log.locator('.own');
    this.bubbles = this.log.locator('.bubble');
    this.status = page.locator('.status');
  }

  async open() {
    await this.launcher.click();
    await this.panel.waitFor();
  }

  async write(text) {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  /** The texts of the thread, oldest first. */
  texts() {
    return this.bubbles.allTextContents();
  }

  /** Waits for exactly these texts in the thread. */
  async sees(texts, ms = 20_000) {
    await this.page
      .waitForFunction(
        (wanted) => {
          const root = [...document.body.children].find((element) => element.shadowRoot)?.shadowRoot;
          const seen = [...(root?.querySelectorAll('.bubble') ?? [])].map((bubble) => bubble.textContent);
          return JSON.stringify(seen) === JSON.stringify(wanted);
        },
        texts,
        { timeout: ms },
      )
      .catch(async (error) => {
        throw new Error(`wanted ${JSON.stringify(texts)}, seen ${JSON.stringify(await this.texts())}: ${error.message}`);
      });
  }

  /** Waits until the own messages are in these states. */
  async states(wanted, ms = 20_000) {
    await this.page
      .waitForFunction(
        (states) => {
          const root = [...document.body.children].find((element) => element.shadowRoot)?.shadowRoot;
          const seen = [...(root?.querySelectorAll('.own') ?? [])].map((row) => row.dataset.state);
          return JSON.stringify(seen) === JSON.stringify(states);
        },
        wanted,
        { timeout: ms },
      )
      .catch(async (error) => {
        const seen = await this.own.evaluateAll((rows) => rows.map((row) => row.dataset.state));
        throw new Error(`wanted ${JSON.stringify(wanted)}, seen ${JSON.stringify(seen)}: ${error.message}`);
      });
  }

  async noWrongs() {
    const wrongs = await this.wrongs.of(this.page);
    if (wrongs.length > 0) throw new Error(wrongs.join('\n'));
  }
}

/** axe's findings, as lines. */
export async function axe(page) {
  const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
  // Through the debugger, so that the page's policy does not stand in the way of the instrument.
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true });
  await page.evaluate(`(() => { ${source} })()`);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  await session.detach();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
}
