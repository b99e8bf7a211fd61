import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launch, open, type Opened, type Page } from "./browser";

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
  await page.getByRole("button", { name: "Settings" }).click();
});
afterEach(async () => {
  expect([opened.faults, opened.strangers]).toEqual([[], []]);
  await page.close();
});

const settings = () => page.evaluate(() => window.fake!.settings);
const group = (name: string) => page.getByRole("group", { name, exact: true });

describe("sounds and notifications", () => {
  test("each class is switched, tried and made louder by itself", async () => {
    const long = group("Somebody is waiting");
    await long.getByRole("button", { name: "Play" }).click();
    await long.getByRole("slider").fill("40");
    await long.getByRole("switch").click();
    await group("Not going out").getByRole("switch").click();
    const now = await settings();
    expect([now.sound_long, now.sound_short.on, now.sound_trouble.on]).toEqual([
      { on: false, volume: 40, own: null },
      true,
      true,
    ]);
    const tried = await page.evaluate(() => window.fake!.asked.filter((one) => one.do === "try_sound"));
    expect(tried).toEqual([{ do: "try_sound", sound: "long" }]);
  });

  test("an own sound is brought, named and given back", async () => {
    const short = group("A message in your dialog");
    const file = { name: "колокол.wav", mimeType: "audio/wav", buffer: Buffer.from("RIFF") };
    await short.locator("input[type=file]").setInputFiles(file);
    await short.getByText("Your sound: колокол.wav").waitFor();
    const brought = await page.evaluate(() => window.fake!.asked.find((one) => one.do === "use_sound"));
    expect(brought).toEqual({ do: "use_sound", sound: "short", name: "колокол.wav", file: btoa("RIFF") });
    await short.getByRole("button", { name: "Use ours" }).click();
    await short.getByRole("button", { name: "Choose…" }).waitFor();
  });

  test("a file that is too large is refused before it is read", async () => {
    const file = { name: "album.wav", mimeType: "audio/wav", buffer: Buffer.alloc(3 << 20) };
    await group("A message in your dialog").locator("input[type=file]").setInputFiles(file);
    await page.getByText("The file is larger than 2 MB").waitFor();
    expect((await settings()).sound_short.own).toBeNull();
  });

  test("quiet hours are set to the minute", async () => {
    await page.getByRole("switch", { name: "Quiet hours" }).click();
    await page.getByLabel("from", { exact: true }).fill("21:30");
    await page.getByLabel("to", { exact: true }).fill("07:05");
    await expect.poll(async () => (await settings()).quiet_hours).toEqual({ from: 1_290, to: 425 });
    await page.getByRole("switch", { name: "Quiet hours" }).click();
    await expect.poll(async () => (await settings()).quiet_hours).toBeNull();
  });

  test("another device plays", async () => {
    await page.getByLabel("Device").selectOption("Headset");
    await expect.poll(async () => (await settings()).sound_device).toBe("Headset");
    await page.getByLabel("Device").selectOption("");
    await expect.poll(async () => (await settings()).sound_device).toBeNull();
  });
});
