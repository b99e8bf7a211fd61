/** A dialog's own window, the strip, and links from other programs. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { linkTo } from "../../src/state/windows.svelte";
import { Workplace } from "../../src/state/workplace.svelte";
import { perform, whyNot } from "../../src/workplace/perform";

const hands = {
  toggleCard: vi.fn(),
  showCard: vi.fn(),
  walk: vi.fn(),
  page: vi.fn(),
  listShown: () => true,
  focus: vi.fn(),
};
let fake: FakeBackend;
let workplace: Workplace;

async function start(solo: string | null = null): Promise<void> {
  workplace = new Workplace(fake, solo);
  await workplace.start();
}

const asked = (what: string) => fake.asked.filter((one) => one.do === what);
const words = () => workplace.toasts.shown.map((toast) => toast.words);
const mine = () => [...fake.desk.dialogs.values()].filter((dialog) => dialog.state === "active");

beforeEach(() => {
  fake = new FakeBackend({ dialogs: 24, settings: { language: "en" } });
});
afterEach(() => vi.unstubAllGlobals());

describe("a dialog in its own window", () => {
  test("is opened from here, its draft kept first, and its field rests", async () => {
    await start();
    const id = mine()[0]?.id ?? "";
    workplace.open(id);
    await Promise.resolve();
    workplace.composer.write("a beginning", false);
    await workplace.windows.show(id);
    const order = fake.asked
      .map((one) => one.do)
      .filter((one) => one.startsWith("save") || one.includes("own"));
    expect(order).toEqual(["save_draft", "open_own_window"]);
    expect([workplace.windows.isElsewhere(id), workplace.composer.text]).toEqual([true, ""]);
    await workplace.windows.close(id);
    await vi.waitFor(() => expect(workplace.composer.text).toBe("a beginning"));
  });

  test("shows its dialog and no other, and tells nobody that it is open", async () => {
    const [one, other] = mine();
    fake.windows.own = [one?.id ?? ""];
    await start(one?.id);
    expect(workplace.selected).toBe(one?.id);
    fake.tell({ event: "open_dialog", dialog: other?.id ?? "" });
    expect([workplace.selected, asked("open")]).toEqual([one?.id, []]);
    workplace.open(other?.id ?? null);
    expect([workplace.selected, asked("bring_up")]).toEqual([
      one?.id,
      [{ do: "bring_up", dialog: other?.id }],
    ]);
    fake.customerWrites(one?.id ?? "", "Still there?");
    expect(workplace.row?.last?.text).toBe("Still there?");
  });

  test("does what is about its dialog; lists and the workplace are the main window's", async () => {
    const [one] = mine();
    await start(one?.id);
    for (const action of ["close", "transfer", "note", "copy_link", "palette"] as const) {
      expect([action, whyNot(workplace, action)]).toEqual([action, null]);
    }
    for (const action of [
      "section_mine",
      "accept_oldest",
      "sign_out",
      "settings",
      "own_window",
      "compact",
    ] as const) {
      expect([action, whyNot(workplace, action)]).toEqual([action, "That is done in the main window"]);
    }
  });

  test("cannot be had in a browser, and the action says so", async () => {
    fake.windows.absent = true;
    await start();
    workplace.open(mine()[0]?.id ?? null);
    perform(workplace, hands, "own_window");
    perform(workplace, hands, "compact");
    expect([asked("open_own_window"), asked("compact")]).toEqual([[], []]);
    expect(words()).toContain("A page in a browser has no windows of its own");
  });
});

describe("the strip", () => {
  test("is switched on and off", async () => {
    await start();
    await vi.waitFor(() => expect(workplace.windows.shell).toEqual({ compact: false }));
    await workplace.windows.toggleCompact();
    expect([fake.windows.compact, workplace.windows.shell]).toEqual([true, { compact: true }]);
    await workplace.windows.toggleCompact();
    expect(fake.windows.compact).toBe(false);
  });

  test("stays what it was if the shell refuses", async () => {
    await start();
    await vi.waitFor(() => expect(workplace.windows.shell).not.toBeNull());
    fake.refusals.set("compact", { error: "not_ready" });
    await workplace.windows.toggleCompact();
    expect(workplace.windows.shell).toEqual({ compact: false });
  });
});

describe("a link from another program", () => {
  test("asks, and opens the dialog only when it is told to", async () => {
    await start();
    const id = mine()[0]?.id ?? "";
    fake.windows.follow(id);
    expect([workplace.windows.askedFor, workplace.selected]).toEqual([id, null]);
    workplace.show(id);
    expect([workplace.selected, workplace.section]).toEqual([id, "mine"]);
  });

  test("that came before the page is in the first snapshot", async () => {
    fake.windows.askedFor = mine()[0]?.id ?? "";
    await start();
    expect(workplace.windows.askedFor).toBe(fake.windows.askedFor);
  });

  test("is what the menu copies", async () => {
    const written: string[] = [];
    vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => written.push(text) } });
    await start();
    await workplace.windows.copyLink("0190b6f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f");
    expect(written).toEqual([linkTo("0190b6f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f")]);
    expect(words()).toEqual(["The link to the dialog is copied"]);
  });
});
