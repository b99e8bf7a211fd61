import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { walkUp } from "../browser/walk";
import { WebKit } from "./driver";

let webkit: WebKit;
beforeAll(async () => {
  webkit = await WebKit.start();
});
afterAll(() => webkit.stop());

test("ten thousand messages in WebKitGTK, which anchors nothing: the line being read stays", async () => {
  await webkit.open(`${inject("address")}?language=ru&thread=10000`);
  await webkit.run(async () => {
    const settled = async (ready: () => boolean) => {
      while (!ready()) await new Promise<void>((done) => requestAnimationFrame(() => done()));
    };
    await settled(() => document.querySelector("[role='tablist']") !== null);
    const fake = window.fake;
    const long = [...(fake?.desk.dialogs.values() ?? [])].find((one) => one.items.length > 9_000);
    if (fake !== undefined && long !== undefined) fake.tell({ event: "open_dialog", dialog: long.id });
    await settled(() => document.querySelector("[data-seq='10000']") !== null);
  });
  const told = await webkit.run(walkUp, 60_000);
  console.log("WebKitGTK, prepending:", told);
  expect(told.worst).toBeLessThanOrEqual(1);
  expect(told.pages).toBeGreaterThan(20);
  expect(told.nodes).toBeLessThan(200);
});

test("nothing that was written runs in WebKitGTK, and the page breaks none of its own rules", async () => {
  await webkit.open(`${inject("address")}?dialogs=24`);
  const told = await webkit.run(async () => {
    const broken: string[] = [];
    document.addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective));
    while (document.querySelector("[role='tablist']") === null) {
      await new Promise<void>((done) => requestAnimationFrame(() => done()));
    }
    const world = window as unknown as { ran: number; canary: () => void };
    world.ran = 0;
    world.canary = () => (world.ran += 1);
    const fake = window.fake;
    const mine = [...(fake?.desk.dialogs.values() ?? [])].find((one) => one.state === "active");
    if (fake === undefined || mine === undefined) throw new Error("not ready");
    fake.tell({ event: "open_dialog", dialog: mine.id });
    const texts = [
      "<img src=x onerror=canary()>",
      "<script>canary()</script>",
      "<svg onload=canary()>",
      "{@html canary()}",
    ];
    const lost: string[] = [];
    for (const text of texts) {
      mine.name = text;
      const item = fake.customerWrites(mine.id, text);
      await new Promise<void>((done) => setTimeout(done, 50));
      const drawn = document.querySelector(`[data-key="${item.key}"] .text`)?.textContent;
      if (drawn !== text) lost.push(text);
    }
    return { ran: world.ran, lost, broken };
  });
  expect(told).toEqual({ ran: 0, lost: [], broken: [] });
});
