import { beforeEach, describe, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { DialogRow } from "../../src/backend/types";
import { whyNoDeed } from "../../src/actions/deeds";
import { denied } from "../../src/state/words";
import { whyNoFiles } from "../../src/workplace/perform";
import { Workplace } from "../../src/state/workplace.svelte";

let fake: FakeBackend;
let workplace: Workplace;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 1_200, settings: { language: "en" } });
  workplace = new Workplace(fake);
  await workplace.start();
});

const asked = (what: string) => fake.asked.filter((one) => one.do === what);

describe("the workplace", () => {
  test("takes the first rows and those that follow", () => {
    expect([workplace.ready, workplace.rows.size]).toEqual([true, 1_200]);
    expect(workplace.counts.waiting).toBe(workplace.rows.section("waiting").length);
  });

  test("accepts whoever waits longest, and goes there", async () => {
    const oldest = workplace.rows.section("waiting")[0];
    await workplace.acceptOldest();
    expect([workplace.selected, workplace.section, workplace.row?.section]).toEqual([
      oldest?.id,
      "mine",
      "mine",
    ]);
    expect(workplace.composer.fieldWanted).toBe(true);
  });

  test("a refusal becomes words, and nothing moves", async () => {
    fake.refusals.set("accept", { error: "refused", reason: { code: "forbidden" } });
    await workplace.acceptOldest();
    expect(workplace.toasts.shown.map((toast) => toast.words)).toEqual([
      expect.stringMatching(/^Not done: /),
    ]);
    expect([workplace.selected, workplace.section]).toEqual([null, "waiting"]);
  });

  test("who was faster is told once, by the engine", async () => {
    fake.refusals.set("accept", { error: "refused", reason: { code: "already_accepted", by: "Олег" } });
    await workplace.acceptOldest();
    expect(workplace.toasts.shown).toEqual([]);
    expect([workplace.selected, workplace.section, workplace.composer.fieldWanted]).toEqual([
      null,
      "waiting",
      false,
    ]);
  });

  test("goes through the section with the keyboard and stops at its ends", () => {
    workplace.step(1);
    const [first, second] = workplace.rows.section("waiting");
    expect(workplace.selected).toBe(first?.id);
    workplace.step(1);
    expect(workplace.selected).toBe(second?.id);
    workplace.step(-1);
    workplace.step(-1);
    expect(workplace.selected).toBe(first?.id);
  });

  test("tells once how far was read", () => {
    fake.customerWrites(workplace.rows.section("mine")[0]?.id ?? "", "Вы здесь?");
    const row = workplace.rows.section("mine").find((one) => one.unread === 1);
    workplace.open(row?.id ?? null);
    workplace.seen(row?.last_seq ?? 0);
    workplace.seen(row?.last_seq ?? 0);
    expect(asked("seen")).toHaveLength(1);
    expect(workplace.row?.unread).toBe(0);
  });

  test("a dialog that leaves my sight closes; its draft was kept first", async () => {
    workplace.step(1);
    const id = workplace.selected ?? "";
    await Promise.resolve();
    workplace.composer.write("недописанное", false);
    fake.tell({ event: "rows_gone", dialogs: [id] });
    expect([workplace.selected, workplace.thread, workplace.rows.get(id)]).toEqual([null, null, undefined]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(fake.dialog(id).draft.text).toContain("недописанное");
  });

  test("a notification's click opens its dialog in its section", () => {
    workplace.pane = "settings";
    const mine = workplace.rows.section("mine")[3];
    fake.tell({ event: "open_dialog", dialog: mine?.id ?? "" });
    expect([workplace.pane, workplace.section, workplace.selected]).toEqual(["dialogs", "mine", mine?.id]);
  });

  test("the list follows a dialog that was accepted before its row says so", () => {
    const [oldest, other] = workplace.rows.section("waiting");
    if (oldest === undefined || other === undefined) throw new Error("nobody waits");
    fake.tell({ event: "open_dialog", dialog: oldest.id });
    fake.tell({ event: "rows", rows: [{ ...other, rev: other.rev + 1_000_000, section: "mine" }] });
    expect(workplace.section).toBe("waiting");
    fake.tell({ event: "rows", rows: [{ ...oldest, rev: oldest.rev + 1_000_000, section: "mine" }] });
    expect([workplace.section, workplace.selected]).toEqual(["mine", oldest.id]);
  });

  test("a new snapshot replaces everything and keeps the open dialog open", () => {
    workplace.step(1);
    const open = workplace.selected;
    fake.desk.dialogs.delete([...fake.desk.dialogs.keys()].at(-1) ?? "");
    fake.show({ screen: "workplace" });
    expect([workplace.rows.size, workplace.selected]).toEqual([1_199, open]);
  });

  test("settings count at once and go back if refused", async () => {
    const first = workplace.changeSettings({ language: "ru" });
    expect(document.documentElement.lang).toBe("ru");
    await first;
    fake.refusals.set("set_settings", { error: "disk", fault: "full" });
    await workplace.changeSettings({ language: "en" });
    expect([document.documentElement.lang, workplace.settings?.language]).toEqual(["ru", "ru"]);
  });

  test("signing out leaves nothing of the workplace behind", async () => {
    workplace.step(1);
    await workplace.app({ do: "sign_out", stay_online: false });
    expect([workplace.view.screen, workplace.ready, workplace.rows.size, workplace.selected]).toEqual([
      "sign_in",
      false,
      0,
      null,
    ]);
  });
});

describe("without a connection", () => {
  test("rows say that what races others cannot be done, and words and files wait as always", async () => {
    const dialog = workplace.rows.section("mine")[0]?.id ?? null;
    workplace.open(dialog);
    fake.linkDown(null);
    await Promise.resolve();
    const { can } = workplace.rows.get(dialog) ?? {};
    expect(can).toMatchObject({ write: null, note: null, send_file: null, rating: null });
    expect(can).toMatchObject({ close: "offline", transfer: "offline", hold: "offline", edit: "offline" });
    // What is denied anyway keeps its own reason.
    expect(can?.accept).toBe("already_taken");
    expect(await workplace.deed(dialog ?? "", { deed: "request_contact" })).toBe(false);
    expect(whyNoFiles(workplace)).toBeNull();
    expect(whyNoDeed(workplace.row as DialogRow, "contact", workplace)).toBe(denied("offline"));
    fake.linkUp();
    expect(workplace.rows.get(dialog)?.can.close).toBeNull();
    expect(whyNoDeed(workplace.row as DialogRow, "contact", workplace)).toBeNull();
  });
});
