import { render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { useLanguage } from "../../src/i18n/i18n.svelte";
import { chordIn } from "../../src/keys/actions";
import { Workplace } from "../../src/state/workplace.svelte";
import StatusLine from "../../src/workplace/StatusLine.svelte";
import InWorkplace from "./InWorkplace.svelte";

let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 1, settings: { language: "en" } });
  workplace = new Workplace(fake);
  await workplace.start();
});
afterEach(() => useLanguage("auto"));

const asked = () => fake.asked.flatMap((one) => (one.do === "mute" ? [one.on] : []));

test("sounds are muted and heard again by one key, and the line at the bottom says until when", async () => {
  expect(chordIn("standard", "mute", false)).toBe("mod+shift+m");
  render(InWorkplace, { props: { workplace, of: StatusLine as never, given: {} } });
  const button = { name: /^Muted until \d\d:\d\d\. Hear sounds again$/ };
  expect(screen.queryByRole("button", button)).toBeNull();
  await workplace.mute(workplace.mutedUntil === null);
  (await screen.findByRole("button", button)).click();
  await expect.poll(() => screen.queryByRole("button", button)).toBeNull();
  expect(asked()).toEqual([true, false]);
});

test("a page that begins later knows it too", async () => {
  await workplace.mute(true);
  const later = new Workplace(fake);
  await later.start();
  expect(later.mutedUntil).toBe(workplace.mutedUntil);
});
