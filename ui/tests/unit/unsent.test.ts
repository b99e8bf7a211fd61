import { describe, expect, test } from "vitest";
import type { SendState, ThreadItem } from "../../src/backend/types";
import { unsentChoices } from "../../src/state/unsent";

function item(send: SendState | null, more: Partial<ThreadItem> = {}): ThreadItem {
  const plain = { client_id: "0198c0de-0000-7000-8000-000000000001", text: "Добрый день", kind: "text" };
  return { ...plain, send, ...more } as ThreadItem;
}

const TABLE: [string, SendState, string][] = [
  ["queued", { state: "queued" }, "edit cancel"],
  ["on its way", { state: "sending" }, ""],
  ["on the hub", { state: "sent" }, ""],
  ["with the customer", { state: "delivered" }, ""],
  ["read", { state: "read" }, ""],
  ["written long ago", { state: "held", reason: { why: "too_old" } }, "resend edit copy cancel"],
  ["found in a copy", { state: "held", reason: { why: "from_copy" } }, "resend edit copy cancel"],
  [
    "for somebody else's dialog",
    { state: "held", reason: { why: "not_mine", owner: "Олег" } },
    "as_note again copy cancel",
  ],
  ["for a dialog that is gone", { state: "held", reason: { why: "gone" } }, "copy cancel"],
  ["refused", { state: "failed", reason: { code: "forbidden" } }, "again edit copy cancel"],
  [
    "refused, somebody else's",
    { state: "failed", reason: { code: "not_your_dialog", owner: null } },
    "as_note again copy cancel",
  ],
];

describe("a message of one's own", () => {
  test.each(TABLE)("%s", (_name, send, expected) => {
    expect(unsentChoices(item(send)).join(" ")).toBe(expected);
  });

  test("that is a file has no words for a note, and none to copy without a caption", () => {
    const held: SendState = { state: "held", reason: { why: "not_mine", owner: null } };
    expect(unsentChoices(item(held, { kind: "file", text: "" }))).toEqual(["again", "cancel"]);
  });

  test("of somebody else, or stored, has none", () => {
    expect(unsentChoices(item(null))).toEqual([]);
    expect(unsentChoices(item({ state: "queued" }, { client_id: null }))).toEqual([]);
  });
});
