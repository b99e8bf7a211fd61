/** Steps that many screens begin with. */
import type { Page } from "./browser";

/** One's own dialogs, the first of them open. */
export const openMine = async (page: Page) => {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector(".bubble");
};

/** Two dialogs that nobody has are offered, one of them for long. */
export const offerTwo = (page: Page) =>
  page.evaluate(() => {
    const free = [...(window.fake?.desk.dialogs.values() ?? [])].filter((one) => one.state === "queue");
    free.slice(0, 2).forEach((one, place) => window.fake?.offer(one.id, 150 + place * 60));
  });

/** Opens what the dialog's menu leads to, by its place in the menu; -1 is the last. */
export const fromMenu = (place: number) => async (page: Page) => {
  await openMine(page);
  await page.click("header [aria-haspopup='menu']");
  await page.locator("[role='menuitem']").nth(place).click();
  await page.waitForSelector("dialog[open]");
};
