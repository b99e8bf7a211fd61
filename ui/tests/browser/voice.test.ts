import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHROMIUM, open, painted, shoot, type Page } from "./browser";

/** Chromium's own microphone: it beeps once a second. Whether a page may hear it is asked by a browser with windows. */
const MICROPHONE = ["--use-fake-device-for-media-stream", "--no-sandbox", "--disable-gpu"];
const AUTOPLAY = "--autoplay-policy=no-user-gesture-required";

let allows: Browser;
let refuses: Browser;
beforeAll(async () => {
  allows = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...MICROPHONE, AUTOPLAY, "--use-fake-ui-for-media-stream"],
  });
  refuses = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...MICROPHONE, "--deny-permission-prompts"],
  });
});
afterAll(() => Promise.all([allows.close(), refuses.close()]));

async function openMine(page: Page): Promise<void> {
  await page.keyboard.press("Control+2");
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("textarea");
  await page.focus("textarea");
}

const speaks = (page: Page, seconds: number) =>
  page.waitForFunction((s) => {
    const [, now] = document.querySelector("[role='timer']")?.textContent?.split(":") ?? [];
    return Number(now) >= s;
  }, seconds);

test("a voice note is spoken, heard again in the tray, spoken anew, and sent as a file", async () => {
  const { page, faults, strangers } = await open(allows, { language: "ru" });
  await openMine(page);
  await page.keyboard.press("Control+Shift+Y");
  await speaks(page, 1);
  await page.keyboard.press("Escape");
  await page.waitForSelector("[role='timer']", { state: "detached" });
  expect(await page.locator(".tray li").count()).toBe(0);

  await page.keyboard.press("Control+Shift+Y");
  await speaks(page, 2);
  await painted(page);
  await shoot(page, "voice-recording");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".tray li.kept audio");
  // Its own bytes, brought here in parts: a page that plays nothing from addresses still plays it.
  const heard = await page.waitForFunction(() => {
    const audio = document.querySelector<HTMLAudioElement>(".tray audio");
    return audio !== null && audio.src.startsWith("blob:") && audio.duration > 0 ? audio.duration : null;
  });
  const seconds = Number(await heard.jsonValue());
  expect(seconds).toBeGreaterThanOrEqual(2);
  expect(seconds).toBeLessThan(30);
  // Not silence: the microphone beeps.
  const loudest = await page.evaluate(async () => {
    const src = document.querySelector<HTMLAudioElement>(".tray audio")?.src ?? "";
    const audio = document.createElement("audio");
    audio.src = src;
    const context = new AudioContext();
    const meter = context.createAnalyser();
    context.createMediaElementSource(audio).connect(meter);
    await audio.play();
    let most = 0;
    const wave = new Float32Array(meter.fftSize);
    while (!audio.ended) {
      meter.getFloatTimeDomainData(wave);
      most = Math.max(most, ...wave.map(Math.abs));
      await new Promise((done) => requestAnimationFrame(done));
    }
    return most;
  });
  expect(loudest).toBeGreaterThan(0.05);
  await shoot(page, "voice-tray");
  await page.focus("textarea");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.fake?.asked.some((one) => one.do === "send_files"));
  expect([faults, strangers]).toEqual([[], []]);
  await page.close();
});

test("what was being spoken to one customer never goes to another", async () => {
  const { page } = await open(allows, { language: "en" });
  await openMine(page);
  await page.keyboard.press("Control+Shift+Y");
  await speaks(page, 1);
  await page.keyboard.press("Control+ArrowDown");
  await page.waitForSelector("[role='timer']", { state: "detached" });
  expect(await page.locator(".tray li").count()).toBe(0);
  await page.close();
});

test("a microphone that is refused is explained", async () => {
  const { page } = await open(refuses, { language: "en" });
  await openMine(page);
  await page.keyboard.press("Control+Shift+Y");
  await page.waitForSelector("[role='alert'] >> text=The microphone is not allowed");
  await page.close();
});
