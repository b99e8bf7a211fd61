/** The card is put right where it stands; what is known goes back further than this machine. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, painted, type Page } from "./browser";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Opens the first of one's own dialogs with its card. */
async function card(page: Page) {
  await page.keyboard.press("Control+2");
  await page.locator("[role='option']").first().click();
  const aside = page.getByRole("complementary", { name: "Customer" });
  await aside.waitFor();
  return aside;
}

test("a value is changed in its place by keyboard, and Esc leaves it as it was", async () => {
  const { page, faults } = await open(browser);
  const aside = await card(page);
  const phone = aside.getByRole("button", { name: /^Phone: .* Change$/ });
  await phone.focus();
  await page.keyboard.press("Enter");
  const field = aside.getByRole("textbox", { name: "Phone" });
  await field.fill("112");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  expect(await aside.getByRole("button", { name: "Phone: 112. Change" }).count()).toBe(0);
  await phone.click();
  await field.fill("112");
  await page.keyboard.press("Enter");
  await aside.getByRole("button", { name: "Phone: 112. Change" }).waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

test("Ctrl+Down in the middle of a value keeps it for its own customer", async () => {
  const { page, faults } = await open(browser);
  const aside = await card(page);
  const who = await aside.getByRole("heading").first().textContent();
  await aside.getByRole("button", { name: /^Phone: .* Change$/ }).click();
  await aside.getByRole("textbox", { name: "Phone" }).fill("112");
  await page.keyboard.press("Control+ArrowDown");
  await expect.poll(() => aside.getByRole("heading").first().textContent()).not.toBe(who);
  const edits = await page.evaluate(() =>
    (window.fake?.asked ?? []).flatMap((one) =>
      one.do === "edit_customer" ? [window.fake?.dialog(one.dialog).name] : [],
    ),
  );
  expect(edits).toEqual([who]);
  await page.keyboard.press("Control+ArrowUp");
  await aside.getByRole("button", { name: "Phone: 112. Change" }).waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

test("a value of its own is added, and the comment takes several lines", async () => {
  const { page, faults } = await open(browser);
  const aside = await card(page);
  await aside.getByRole("button", { name: "Add a field" }).click();
  await aside.getByRole("textbox", { name: "Name of the field" }).fill("Town");
  await aside.getByRole("textbox", { name: "Value", exact: true }).fill("Tver");
  await page.keyboard.press("Enter");
  await aside.getByRole("button", { name: "Town: Tver. Change" }).waitFor();
  await aside.getByRole("button", { name: /^Comment: / }).click();
  await aside.getByRole("textbox", { name: "Comment" }).fill("one");
  await page.keyboard.press("Enter");
  await page.keyboard.type("two");
  await page.keyboard.press("Control+Enter");
  await aside.getByRole("button", { name: /^Comment: one\s*two/ }).waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

test("conditions in the search field become chips that can be taken out", async () => {
  const { page, faults } = await open(browser, { thread: 40 });
  await page.keyboard.press("Control+Shift+F");
  const field = page.locator("[role='search'] input");
  await field.waitFor();
  await field.fill("заказ from:nobody since:2020-01-01 until:nonsense");
  await page.getByText("Customer: nobody").waitFor();
  await page.getByText("Until nonsense · not found").waitFor();
  await page.getByRole("button", { name: "Drop the condition from:nobody" }).click();
  expect(await field.inputValue()).toBe("заказ since:2020-01-01 until:nonsense");
  await page.locator(".hit").first().waitFor();
  await page.getByText("The server was searched to the end.").waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

test("a hub that cannot tell what came before is asked once, and again only with the next connection", async () => {
  const { page, faults } = await open(browser);
  const times = () =>
    page.evaluate(() => {
      const asked = window.fake?.asked ?? [];
      return asked.filter((one) => one.do === "look_up" && one.what.look === "dialogs_of").length;
    });
  await page.evaluate(() => window.fake?.refusals.set("look_up", { error: "not_found" }));
  const aside = await card(page);
  await aside.getByText("Shown is what this machine has.").waitFor();
  await painted(page);
  const once = await times();
  expect(once).toBe(1);
  await painted(page);
  await painted(page);
  expect(await times()).toBe(once);
  await page.evaluate(() => window.fake?.linkDown(null));
  await painted(page);
  expect(await times()).toBe(once);
  await page.evaluate(() => window.fake?.linkUp());
  await expect.poll(times).toBe(once + 1);
  await page.close();
  expect(faults).toEqual([]);
});

test("the card tells where he is, his own time and his pages, and a page opens after a look at its host", async () => {
  const { page, faults } = await open(browser);
  await page.evaluate(() => {
    for (const dialog of window.fake?.desk.dialogs.values() ?? []) {
      dialog.onSite = true;
      window.fake?.changed(dialog, []);
    }
  });
  const aside = await card(page);
  await aside.getByText("Vladivostok, Primorsky Krai, Russia").waitFor();
  await aside.getByText(/^\w{3},? \d{2}:\d{2}.*GMT\+10$/).waitFor();
  const pages = aside.getByRole("region", { name: "Pages" });
  const here = pages.locator("[aria-current='page']");
  await here.getByText("now").waitFor();
  await pages
    .getByRole("button", { name: /shop\.example\.org/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("shop.example.org", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.close();
  expect(faults).toEqual([]);
});

test("the line at the bottom tells what came of the work", async () => {
  const { page, faults } = await open(browser);
  const strip = page.getByRole("group", { name: "My day" });
  for (const words of ["4 closed", "1 missed", /^3 h 5\d min in all$/])
    await strip.getByText(words).waitFor();
  await page.close();
  expect(faults).toEqual([]);
});

test("the order is chosen by keys and remembered; words in the wrong layout lead to the right ones", async () => {
  const { page, faults } = await open(browser, { thread: 40 });
  const field = page.locator("[role='search'] input");
  await page.keyboard.press("Control+Shift+F");
  await field.fill("pfrfp");
  await page.getByRole("heading", { name: "Nothing with “pfrfp”. Showing “заказ”:" }).waitFor();
  await page.locator(".hit mark").first().waitFor();
  await page.getByRole("button", { name: "Search for “заказ” everywhere" }).click();
  expect(await field.inputValue()).toBe("заказ");
  await page.getByRole("heading", { name: "Messages", exact: true }).waitFor();
  // From the field: the button that clears it, the filter, then the order.
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("heading", { name: "Messages, the best match first" }).waitFor();
  expect(await page.getByRole("radio", { name: "Best match" }).isChecked()).toBe(true);
  await page.reload();
  await field.waitFor();
  await field.fill("заказ");
  expect(await page.getByRole("radio", { name: "Best match" }).isChecked()).toBe(true);
  await page.close();
  expect(faults).toEqual([]);
});
