import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launch, open, painted, type Opened, type Page } from "./browser";

let browser: Browser;
let opened: Opened;
let page: Page;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  opened = await open(browser);
  page = opened.page;
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
});
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await page.close();
});

const PICTURE = { name: "Витрина.png", mimeType: "image/png", buffer: Buffer.alloc(40_000, 7) };
const BILL = { name: "Счёт.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(300_000, 7) };
const chooser = () => page.locator("input[type='file']");
const kept = (count: number) =>
  page.waitForFunction((wanted) => document.querySelectorAll(".tray li.kept").length === wanted, count);
const sent = () =>
  page.evaluate(() =>
    (window.fake?.asked ?? []).flatMap((one) =>
      one.do === "send_files" ? [[one.files.length, one.text] as const] : [],
    ),
  );

/** Files held over an element and let go, as a file manager does it. */
async function dropOn(selector: string, names: string[]): Promise<void> {
  const data = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const name of files) transfer.items.add(new File([new Uint8Array(5_000)], name));
    return transfer;
  }, names);
  await page.dispatchEvent(selector, "dragenter", { dataTransfer: data });
  await page.waitForSelector(".drop");
  await page.dispatchEvent(selector, "drop", { dataTransfer: data });
}

describe("files to the customer", () => {
  test("several at once, looked through, and sent with the words; the bar shows how far one has come", async () => {
    await chooser().setInputFiles([PICTURE, BILL]);
    await kept(2);
    await page.waitForSelector(".tray img");
    await page.getByRole("button", { name: "Remove Счёт.pdf" }).click();
    await kept(1);
    await chooser().setInputFiles([BILL]);
    await kept(2);
    await page.evaluate(() => window.fake !== undefined && (window.fake.outbox.slow = true));
    await page.focus("textarea");
    await page.keyboard.type("Both papers");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".tray", { state: "detached" });
    expect(await sent()).toEqual([[2, "Both papers"]]);
    await page.waitForSelector("[data-send='uploading']");
    await page.waitForSelector("[data-send='queued']");
    await page.waitForSelector(".message progress");
    await page.evaluate(() => {
      const fake = window.fake;
      for (const dialog of fake?.desk.dialogs.values() ?? []) {
        const item = dialog.items.find((one) => one.send?.state === "uploading");
        if (item !== undefined) fake?.outbox.uploaded(dialog.id, item.key, 40_000);
      }
    });
    await page.waitForFunction(() => document.querySelectorAll("[data-send='sent']").length >= 2);
    expect(await page.locator(".message progress").count()).toBe(0);
  });

  test("dropped on the thread, and pasted as a picture; words beside a picture stay words", async () => {
    await dropOn(".pane header", ["a.png", "b.txt"]);
    await kept(2);
    await page.waitForSelector(".drop", { state: "detached" });
    await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
    await page.evaluate(() => {
      const paste = (data: DataTransfer) =>
        document
          .querySelector("textarea")
          ?.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
          );
      const picture = new DataTransfer();
      picture.items.add(new File([new Uint8Array(900)], "image.png", { type: "image/png" }));
      paste(picture);
      const table = new DataTransfer();
      table.items.add(new File([new Uint8Array(900)], "image.png", { type: "image/png" }));
      table.setData("text/plain", "one\ttwo");
      paste(table);
    });
    await kept(3);
    expect(await page.inputValue("textarea")).toBe("one\ttwo");
  });

  test("wait with a note, go without a connection into the queue, and can be taken back", async () => {
    await chooser().setInputFiles([PICTURE]);
    await kept(1);
    await page.getByRole("button", { name: "Note", exact: true }).click();
    await page.waitForSelector(".tray >> text=not with a note");
    await page.focus("textarea");
    await page.keyboard.type("for us only");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".message.note >> text=for us only");
    expect([await sent(), await page.locator(".tray li").count()]).toEqual([[], 1]);
    await page.getByRole("button", { name: "Message", exact: true }).click();
    await page.evaluate(() => window.fake?.linkDown(8_000));
    await page.focus("textarea");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".message.file [data-send='queued']");
    await page.waitForSelector(".tray", { state: "detached" });
    await page.locator(".message.file .choices button", { hasText: "Edit" }).click();
    await kept(1);
    expect(await page.locator(".message.file").count()).toBe(0);
  });

  test("too large is said at once and stops nobody", async () => {
    await page.evaluate(() => {
      const fake = window.fake;
      if (fake === undefined) return;
      fake.limits = { text_chars: 32_000, files: { most_bytes: 50_000, media: [] } };
      fake.show(fake.view);
    });
    await chooser().setInputFiles([BILL, PICTURE]);
    await page.waitForSelector(".tray li.refused >> text=larger than 50 kB");
    await kept(1);
    await page.focus("textarea");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".message.file img");
    expect(await sent()).toEqual([[1, ""]]);
  });

  test("the key asks for files", async () => {
    const asked = page.waitForEvent("filechooser");
    await page.keyboard.press("Control+Shift+F");
    await (await asked).setFiles([PICTURE]);
    await kept(1);
  });
});

/** Puts files of the customer into the open dialog. */
async function customerSends(
  files: { name: string; media: string; pixels?: [number, number] }[],
): Promise<void> {
  await page.evaluate((sentFiles) => {
    const fake = window.fake;
    const opened = fake?.asked.findLast((one) => one.do === "open");
    const dialog = fake?.desk.dialogs.get(opened?.dialog ?? "");
    if (fake === undefined || dialog === undefined) return;
    const items = sentFiles.map((file, place) =>
      Object.assign(fake.desk.put(dialog, "file", { by: "customer" }, ""), {
        details: { file: { id: `f${place}`, size: 48_213, state: "ready", ...file } },
      }),
    );
    fake.changed(dialog, items);
  }, files);
}

describe("files of the customer", () => {
  test("pictures stand in the thread and are looked at one after the other, by keyboard alone", async () => {
    await customerSends([
      { name: "one.png", media: "image/png", pixels: [960, 640] },
      { name: "two.png", media: "image/png", pixels: [640, 960] },
    ]);
    await page.waitForFunction(() => document.querySelectorAll(".bubble img").length === 2);
    await page.getByRole("button", { name: "Look at the picture one.png" }).focus();
    await page.keyboard.press("Enter");
    const box = page.locator("dialog[open]");
    await box.locator("img.loaded").waitFor();
    expect(await box.textContent()).toContain("960 × 640");
    expect(await box.textContent()).toContain("1 of 2");
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector("dialog[open] >> text=two.png");
    await page.keyboard.press("ArrowRight");
    expect(await box.textContent()).toContain("2 of 2");
    const width = () => box.locator("img").evaluate((img) => img.getBoundingClientRect().width);
    await box.locator("img.loaded").waitFor();
    await painted(page);
    const fitted = await width();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await page.waitForSelector("dialog[open] >> text=200 %");
    await painted(page);
    expect(await width()).toBeGreaterThan(fitted * 1.5);
    await page.keyboard.press("0");
    await page.waitForSelector("dialog[open] >> text=100 %");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toContain(
      "one.png",
    );
  });

  test("are saved by name; a dangerous one is asked about", async () => {
    await customerSends([
      { name: "bill.pdf", media: "application/pdf" },
      { name: "setup.exe", media: "application/octet-stream" },
    ]);
    await page.getByRole("button", { name: "Save bill.pdf" }).click();
    await page.waitForSelector("text=bill.pdf is saved: ~/Downloads/bill.pdf");
    await page.getByRole("button", { name: "Save setup.exe" }).click();
    await page.waitForSelector("dialog[open] >> text=It is saved and not opened");
    expect(await page.evaluate(() => window.fake?.files.saved)).toEqual(["bill.pdf"]);
    await page.getByRole("button", { name: "Save all the same" }).click();
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForFunction(() => window.fake?.files.saved.length === 2);
  });

  test("a sound that this page cannot play is a file like any other", async () => {
    await customerSends([{ name: "voice.ogg", media: "audio/ogg" }]);
    await page.waitForSelector("audio");
    await page.evaluate(() => {
      void document
        .querySelector("audio")
        ?.play()
        .catch(() => undefined);
    });
    await page.waitForSelector("audio", { state: "detached" });
    await page.getByRole("button", { name: "Save voice.ogg" }).waitFor();
  });
});
