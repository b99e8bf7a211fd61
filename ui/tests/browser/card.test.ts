/** The card is put right where it stands, and what the customer came with before is at hand. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open } from "./browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test("a value is changed in its place by keyboard, and Esc leaves it as it was", async () => {
  const { page, faults } = await open(browser);
  await page.keyboard.press("Control+2");
  await page.locator("[role='option']").first().click();
  const card = page.getByRole("complementary", { name: "Customer" });
  const phone = card.getByRole("button", { name: /^Phone: .* Change$/ });
  await phone.focus();
  await page.keyboard.press("Enter");
  const field = card.getByRole("textbox", { name: "Phone" });
  await field.fill("112");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  expect(await card.getByRole("button", { name: "Phone: 112. Change" }).count()).toBe(0);
  await phone.click();
  await field.fill("112");
  await page.keyboard.press("Enter");
  await card.getByRole("button", { name: "Phone: 112. Change" }).waitFor();
  await card.getByText("Earlier dialogs").waitFor();
  await page.close();
  expect(faults).toEqual([]);
});
