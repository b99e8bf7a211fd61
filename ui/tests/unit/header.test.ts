import { render, screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { DialogRow } from "../../src/backend/types";
import { Workplace } from "../../src/state/workplace.svelte";
import ThreadHeader from "../../src/workplace/ThreadHeader.svelte";
import InWorkplace from "./InWorkplace.svelte";

async function shown(more: Partial<DialogRow>): Promise<string> {
  const workplace = new Workplace(new FakeBackend({ dialogs: 24, settings: { language: "en" } }));
  await workplace.start();
  const row = { ...workplace.rows.section("mine")[0], channel: "Telegram", ...more };
  const given = { row, cardShown: false, oncard: () => undefined };
  render(InWorkplace, { workplace, of: ThreadHeader, given });
  return screen.getByRole("banner").querySelector("p")?.textContent ?? "";
}

test("the head of a thread names channel, bot and department in this order", async () => {
  const words = await shown({ bot: "Shop", department: "sales" });
  expect(words.replace(/\s+/gu, " ")).toMatch(/Telegram Bot Shop Sales/);
});

test("without bot and department it says nothing of them", async () => {
  const words = await shown({ bot: null, department: null });
  expect(words).not.toMatch(/Bot|null/);
});
