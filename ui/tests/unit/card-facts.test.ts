import { render, screen } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { DialogRow } from "../../src/backend/types";
import CardFacts from "../../src/card/CardFacts.svelte";
import { Workplace } from "../../src/state/workplace.svelte";
import InWorkplace from "./InWorkplace.svelte";

async function shown(
  change: (workplace: Workplace, fake: FakeBackend, row: DialogRow) => Promise<Partial<DialogRow>>,
) {
  const fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
  const workplace = new Workplace(fake);
  await workplace.start();
  const row = workplace.rows.section("mine")[0] as DialogRow;
  const more = await change(workplace, fake, row);
  render(InWorkplace, { workplace, of: CardFacts, given: { row: { ...row, ...more } } });
  return (term: string) =>
    screen.queryByText(term)?.parentElement?.querySelector("dd")?.textContent?.trim() ?? null;
}

test("the card says where the dialog stands and what the customer answered, question by question", async () => {
  const rating = { operator: null, stars: 4, note: "ok", answers: ["fast", " ", "yes"], at: 1 };
  const fact = await shown(async () => ({ rating, tone: "mine_answered" }));
  expect(fact("Status")).not.toBeNull();
  expect(fact("Rating")).toBe("4 of 5: ok");
  expect(fact("Survey answers")).toBe("1. fast; 2. —; 3. yes");
});

test("without answers nothing is said of a survey", async () => {
  const rating = { operator: null, stars: 4, note: null, answers: [" "], at: 1 };
  const fact = await shown(async () => ({ rating }));
  expect([fact("Rating"), fact("Survey answers")]).toEqual(["4 of 5", null]);
});

test("who answered in the dialog is named once each, and writers of notes are not", async () => {
  const fact = await shown(async (workplace, fake, row) => {
    const dialog = fake.dialog(row.id);
    dialog.items.splice(0);
    const say = (kind: "text" | "note", name: string) =>
      fake.desk.put(dialog, kind, { by: "operator", id: name, name }, "words");
    say("text", "Anna");
    say("note", "Boris");
    say("text", "Vera");
    say("text", "Anna");
    workplace.open(row.id);
    await vi.waitFor(() => expect(workplace.thread?.loaded).toBe(true));
    return { assignee: "Vera" };
  });
  expect(fact("Answered here")).toBe("Anna, Vera");
});
