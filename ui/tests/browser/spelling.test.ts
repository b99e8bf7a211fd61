import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, painted, shoot, type Page } from "./browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const value = (page: Page) => page.inputValue("textarea");
const marks = (page: Page) => page.locator("[data-wrong]");
const items = (page: Page) => page.locator("[role='menu']:popover-open [role='menuitem']");
const names = async (page: Page) => (await items(page).allTextContents()).map((name) => name.trim());
/** Until the keyboard is in the menu. */
const menu = (page: Page) => page.waitForSelector("[role='menuitem']:focus");

async function write(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
  await page.focus("textarea");
  await page.keyboard.type(text);
}

test("a wrong word is underlined where it stands, and put right by the keyboard alone", async () => {
  const { page, faults, strangers } = await open(browser, { language: "ru" });
  await write(page, "Превет! I will recieve it");
  await marks(page).nth(1).waitFor();
  expect(await marks(page).allTextContents()).toEqual(["Превет", "recieve"]);
  // The line is under the field's own letters: where the caret would stand in an empty field, the first word begins.
  const [field, mark] = [
    await page.locator("textarea").boundingBox(),
    await marks(page).nth(0).boundingBox(),
  ];
  expect(Math.abs((mark?.x ?? 0) - (field?.x ?? 0) - 12)).toBeLessThan(2);
  await page.keyboard.press("Home");
  await page.keyboard.press("F7");
  await menu(page);
  expect(await names(page)).toEqual([
    "привет",
    "ревет",
    "Добавить «Превет» в словарь",
    "Не проверять правописание",
  ]);
  await painted(page);
  await shoot(page, "spelling");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("textarea")?.value.startsWith("привет! I will"));
  await page.waitForSelector("textarea:focus");
  await page.keyboard.press("Control+z");
  expect(await value(page)).toBe("Превет! I will recieve it");
  expect([faults, strangers]).toEqual([[], []]);
  await page.close();
});

test("a word of one's own is added from its menu, and taken out in the settings", async () => {
  const { page, faults } = await open(browser, { language: "en" });
  await write(page, "Вебимчик ");
  await marks(page).first().waitFor();
  const at = await marks(page).first().boundingBox();
  await page.mouse.click((at?.x ?? 0) + 5, (at?.y ?? 0) + 5, { button: "right" });
  await menu(page);
  expect(await items(page).first().getAttribute("aria-disabled")).toBe("true");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await marks(page).first().waitFor({ state: "detached" });
  expect(await page.evaluate(() => window.fake?.settings.own_words)).toEqual(["вебимчик"]);
  await page.keyboard.press("Control+Comma");
  await page.click("text=1 word of your own in the dictionary");
  await page.click("text=вебимчик");
  await page.waitForFunction(() => window.fake?.settings.own_words.length === 0);
  expect(faults).toEqual([]);
  await page.close();
});

test("switched off, nothing is underlined and the key says why", async () => {
  const { page } = await open(browser, { language: "en" });
  await write(page, "recieve ");
  await marks(page).first().waitFor();
  await page.keyboard.press("F7");
  await menu(page);
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await marks(page).first().waitFor({ state: "detached" });
  await page.waitForSelector("textarea:focus");
  await page.keyboard.press("F7");
  await page.waitForSelector("text=Spelling is switched off in the settings");
  await page.close();
});

test("a long text takes its lines along when it is scrolled", async () => {
  const { page } = await open(browser, { language: "en" }, { width: 800, height: 700 });
  await write(page, "");
  await page.fill("textarea", `${"a line of words\n".repeat(40)}recieve`);
  await page.keyboard.press("Control+Home");
  await marks(page).first().waitFor({ state: "attached" });
  await page.keyboard.press("Control+End");
  await painted(page);
  const [field, mark] = [
    await page.locator("textarea").boundingBox(),
    await marks(page).first().boundingBox(),
  ];
  const bottom = (box: typeof field) => (box?.y ?? 0) + (box?.height ?? 0);
  expect(bottom(mark)).toBeLessThanOrEqual(bottom(field));
  expect(mark?.y ?? 0).toBeGreaterThan(field?.y ?? 0);
  await page.close();
});
