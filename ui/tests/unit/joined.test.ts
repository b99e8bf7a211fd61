import { beforeEach, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import type { FakeDialog } from "../../src/backend/fake/desk";
import { Workplace } from "../../src/state/workplace.svelte";

let fake: FakeBackend;
let workplace: Workplace;
let open: FakeDialog;
let earlier: FakeDialog;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 24, thread: 130 });
  const dialogs = [...fake.desk.dialogs.values()];
  // Two dialogs of one customer: the newer one is open.
  earlier = dialogs.find((one) => one.owner === "Вера Ильина") as FakeDialog;
  open = dialogs.findLast((one) => one.state === "closed_soft") as FakeDialog;
  open.customer = earlier.customer;
  workplace = new Workplace(fake);
  await workplace.start();
  workplace.open(open.id);
  await settled();
});

async function settled() {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}

const shown = () => (workplace.thread?.entries ?? []).map((entry) => entry.what);

test("the dialog before is offered at the top, and stands there with a line of its own once it is wanted", async () => {
  expect(shown()[0]).toBe("join");
  expect(workplace.thread?.joinable?.number).toBe(earlier.number);
  await workplace.thread?.join();
  const entries = workplace.thread?.entries ?? [];
  const begins = entries.flatMap((entry) =>
    entry.what === "dialog" ? [[entry.row.number, entry.open]] : [],
  );
  expect(begins).toEqual([
    [earlier.number, false],
    [open.number, true],
  ]);
  expect(new Set(entries.map((entry) => entry.key)).size).toBe(entries.length);
  expect(workplace.thread?.joined).toEqual([earlier.id]);
});

test("it grows backwards as its own thread does, and what comes goes to the open one", async () => {
  await workplace.thread?.join();
  const seqs = () =>
    (workplace.thread?.entries ?? []).flatMap((entry) =>
      entry.what === "message" && entry.dialog === earlier.id ? [entry.item.seq ?? 0] : [],
    );
  const first = Math.min(...seqs());
  expect(first).toBeGreaterThan(1);
  await workplace.thread?.loadOlder();
  expect(Math.min(...seqs())).toBeLessThan(first);
  const item = fake.customerWrites(open.id, "новое");
  expect(workplace.thread?.entries.at(-1)).toMatchObject({ what: "message", item: { key: item.key } });
});

test("what is missing of it is asked for by its own name", async () => {
  const kept = earlier.items.filter((item) => item.seq === null || item.seq < 100 || item.seq > 110);
  earlier.items = kept;
  earlier.gaps = [{ from: 100, to: 110 }];
  await workplace.thread?.join();
  const gap = workplace.thread?.entries.find((entry) => entry.what === "gap");
  expect(gap).toMatchObject({ dialog: earlier.id, gap: { from: 100, to: 110 } });
  await workplace.thread?.fillGap({ from: 100, to: 110 }, earlier.id);
  await settled();
  expect(fake.asked).toContainEqual({ do: "fill_gap", dialog: earlier.id, from: 100, to: 110 });
  expect(workplace.thread?.entries.some((entry) => entry.what === "gap")).toBe(false);
});
