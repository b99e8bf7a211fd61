/** What was written is not lost, and not counted as gone, when the operator goes. */
import { cleanup, render } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { n } from "../../src/i18n/i18n.svelte";
import { Workplace } from "../../src/state/workplace.svelte";
import SignOut from "../../src/workplace/SignOut.svelte";
import InWorkplace from "./InWorkplace.svelte";

let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
  workplace = new Workplace(fake);
  await workplace.start();
  workplace.open(workplace.rows.section("mine")[0]?.id ?? null);
  workplace.setUndo(30);
});
afterEach(cleanup);

async function sendLater(text: string) {
  workplace.composer.write(text, false);
  await workplace.composer.send();
  expect(workplace.composer.pending?.text).toBe(text);
}

test("a message that waits to be taken back is among what is not sent when signing out is asked about", async () => {
  fake.linkDown(null);
  await sendLater("One moment");
  const before = workplace.counts.unsent;
  const { getByText } = render(InWorkplace, { workplace, of: SignOut, given: {} });
  await expect.poll(() => workplace.counts.unsent).toBe(before + 1);
  await tick();
  expect(getByText(n("sign_out.unsent", workplace.counts.unsent))).toBeTruthy();
});

test("signing out from anywhere sends it first, and keeps what was being written", async () => {
  const dialog = workplace.selected ?? "";
  await sendLater("One moment");
  workplace.composer.write("half a", false);
  await workplace.app({ do: "sign_out", stay_online: false });
  const asked = fake.asked.map((one) => one.do).filter((one) => ["send_text", "sign_out"].includes(one));
  expect(asked).toEqual(["send_text", "sign_out"]);
  expect(fake.dialog(dialog).draft.text).toBe("half a");
});
