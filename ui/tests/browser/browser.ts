/** A real Chromium on the built page. */
import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { inject } from "vitest";

export type { Page } from "playwright-core";

export const CHROMIUM = process.env["OTKLIK_CHROMIUM"] ?? "/usr/bin/chromium";
/** The same browser built without windows, where the system has it: it asks a third less of the processor. */
const WITHOUT_WINDOWS = "/usr/bin/chromium-headless-shell";
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

/** Where pictures go. */
const PICTURES = "test-results";

/** A picture of the page for whoever looks, who asks for it: OTKLIK_PICTURES=1. A third of a second each. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env["OTKLIK_PICTURES"] === undefined) return;
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

export interface Asked {
  dialogs?: number;
  /** Accounts of this machine. */
  accounts?: number;
  thread?: number;
  language?: "ru" | "en";
  theme?: "light" | "dark";
  view?: object;
  /** The page is this dialog's own window. */
  dialog?: string;
  offers?: "on";
  /** By how much the hub's clock is ahead, milliseconds. */
  ahead?: number;
}

export async function launch(): Promise<Browser> {
  const chosen = process.env["OTKLIK_CHROMIUM"] === undefined && existsSync(WITHOUT_WINDOWS);
  return chromium.launch({ executablePath: chosen ? WITHOUT_WINDOWS : CHROMIUM, args: ARGS });
}

/** What pages of one browser share by language: the page's own files, read and compiled once. */
const profiles = new WeakMap<Browser, Map<string, Promise<BrowserContext>>>();

async function profile(browser: Browser, locale: string): Promise<BrowserContext> {
  const known = profiles.get(browser) ?? new Map<string, Promise<BrowserContext>>();
  profiles.set(browser, known);
  const context = known.get(locale) ?? browser.newContext({ locale });
  known.set(locale, context);
  return context;
}

/** A page that remembers nothing of those before it. */
async function fresh(browser: Browser, locale: string, address: string): Promise<Page> {
  const context = await profile(browser, locale);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const origin = new URL(address).origin;
  await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "local_storage" });
  await devtools.detach();
  return page;
}

/** What went wrong on a page behind the test's back. */
export interface Opened {
  page: Page;
  /** Errors of the page and violations of its policy. */
  faults: string[];
  /** Addresses asked for outside of the page's own host. */
  strangers: string[];
}

export async function open(
  browser: Browser,
  asked: Asked = {},
  size = { width: 1440, height: 900 },
): Promise<Opened> {
  const address = inject("address");
  // What stands before the workplace follows the system.
  const page = await fresh(browser, asked.language ?? "en", address);
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: asked.theme ?? "light" });
  const opened: Opened = { page, faults: [], strangers: [] };
  page.on("pageerror", (error) => opened.faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") opened.faults.push(message.text());
  });
  page.on("request", (request) => {
    // What the page made of bytes that it has is its own too.
    const own = [address, `blob:${address}`].some((one) => request.url().startsWith(one));
    if (!own) opened.strangers.push(request.url());
  });
  const query = new URLSearchParams({ language: "en", theme: "light" });
  for (const [name, value] of Object.entries(asked)) {
    query.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  await page.goto(`${address}?${query}`);
  await page.waitForFunction(() => document.querySelector("main, [role='tablist']") !== null);
  return opened;
}

/** Two painted frames: what was asked for is on the screen. */
export async function painted(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}
