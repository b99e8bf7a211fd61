import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Refused, type Backend } from "../../src/backend/backend";
import { MAX_CALL_BYTES, SocketEngine, socketAddress } from "../../src/backend/socket";
import type { Push, SeatsView } from "../../src/backend/types";

class Wire {
  static last: Wire;
  static count = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly address: string) {
    Wire.last = this;
    Wire.count += 1;
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.onclose?.();
  }
  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const STARTING: Push = { push: "app", view: { screen: "starting" } };
let pushes: Push[];
let lost: number;
let engine: SocketEngine;
let backend: Backend;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  Wire.count = 0;
  pushes = [];
  lost = 0;
  engine = new SocketEngine("ws://127.0.0.1:1/page");
  backend = engine.at(1);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function connected(): Promise<() => void> {
  const subscribed = backend.subscribe(
    (push) => pushes.push(push),
    () => (lost += 1),
  );
  Wire.last.onopen?.();
  await vi.advanceTimersByTimeAsync(0);
  Wire.last.say({ id: Wire.last.sent.at(-1)?.["id"], ok: {} });
  return subscribed;
}

/** Subscribes on a wire that is open. */
async function shown(account: Backend): Promise<() => void> {
  const subscribed = account.subscribe((push) => pushes.push(push));
  await vi.advanceTimersByTimeAsync(0);
  Wire.last.say({ id: Wire.last.sent.at(-1)?.["id"], ok: {} });
  return subscribed;
}

describe("the dev socket", () => {
  test("numbers what it asks and gives each its answer", async () => {
    await connected();
    const first = backend.command({ kind: "session", command: { do: "reconnect" } });
    const second = backend.query({ kind: "link", url: "https://shop.example" });
    await vi.advanceTimersByTimeAsync(0);
    const [, command, query] = Wire.last.sent;
    expect([command, query]).toEqual([
      { id: 2, seat: 1, command: { kind: "session", command: { do: "reconnect" } } },
      { id: 3, seat: 1, query: { kind: "link", url: "https://shop.example" } },
    ]);
    Wire.last.say({ id: 3, ok: { kind: "link", check: null } });
    Wire.last.say({ id: 2, error: { error: "no_connection" } });
    await expect(second).resolves.toEqual({ kind: "link", check: null });
    await expect(first).rejects.toEqual(new Refused({ error: "no_connection" }));
    await expect(first).rejects.toMatchObject({ reason: { error: "no_connection" } });
  });

  test("a broken wire refuses what is open, says so, and subscribes again", async () => {
    await connected();
    const open = backend.command({ kind: "session", command: { do: "reconnect" } });
    const refused = expect(open).rejects.toMatchObject({ reason: { error: "not_ready" } });
    await vi.advanceTimersByTimeAsync(0);
    Wire.last.onclose?.();
    await refused;
    expect(lost).toBe(1);
    await vi.advanceTimersByTimeAsync(300);
    expect(Wire.count).toBe(2);
    Wire.last.onopen?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(Wire.last.sent).toMatchObject([{ subscribe: {} }]);
    Wire.last.say({ seat: 1, push: STARTING });
    expect(pushes).toEqual([STARTING]);
  });

  const words = { kind: "session", command: { do: "send_text", dialog: "d", text: "Да" } } as const;

  test("words whose answer was lost go again first of all, under the same name", async () => {
    await connected();
    const said = backend.command(words);
    await vi.advanceTimersByTimeAsync(0);
    const first = Wire.last.sent.at(-1);
    expect(first).toMatchObject({
      once: expect.stringMatching(/^[0-9a-f-]{36}$/u) as string,
      command: words,
    });
    Wire.last.onclose?.();
    await vi.advanceTimersByTimeAsync(300);
    Wire.last.onopen?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(Wire.last.sent).toEqual([first, expect.objectContaining({ subscribe: {} })]);
    Wire.last.say({ id: first?.["id"], ok: { message: "m" } });
    await expect(said).resolves.toEqual({ message: "m" });
    const next = backend.command(words);
    await vi.advanceTimersByTimeAsync(0);
    expect(Wire.last.sent.at(-1)?.["once"]).not.toBe(first?.["once"]);
    Wire.last.say({ id: Wire.last.sent.at(-1)?.["id"], ok: {} });
    await next;
  });

  test("words are refused when nobody is there to wait for the next wire", async () => {
    const end = await connected();
    const said = backend.command(words);
    const refused = expect(said).rejects.toMatchObject({ reason: { error: "not_ready" } });
    await vi.advanceTimersByTimeAsync(0);
    end();
    await refused;
  });

  test("what is longer than the engine takes is refused here, and the wire stays", async () => {
    await connected();
    const keep = (text: string) =>
      backend.command({ kind: "session", command: { do: "save_draft", dialog: "d", text, note: false } });
    // Two bytes each.
    await expect(keep("ж".repeat(MAX_CALL_BYTES / 2))).rejects.toMatchObject({
      reason: { error: "too_much" },
    });
    expect(Wire.last.sent).toHaveLength(1);
    const kept = keep("ж".repeat(MAX_CALL_BYTES / 2 - 200));
    await vi.advanceTimersByTimeAsync(0);
    Wire.last.say({ id: Wire.last.sent.at(-1)?.["id"], ok: {} });
    await expect(kept).resolves.toEqual({});
    expect([Wire.count, lost]).toEqual([1, 0]);
  });

  test("it goes on trying, more and more slowly, one wire at a time", async () => {
    await connected();
    Wire.last.onclose?.();
    for (let i = 0; i < 6; i += 1) {
      await vi.advanceTimersByTimeAsync(4_000);
      Wire.last.onclose?.();
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(Wire.count).toBeGreaterThan(4);
    expect(Wire.count).toBeLessThan(9);
  });

  test("only the account that was shown last is heard, and both it and the accounts come back", async () => {
    const views: SeatsView[] = [];
    const watching = engine.watch((view) => views.push(view));
    Wire.last.onopen?.();
    await vi.advanceTimersByTimeAsync(0);
    Wire.last.say({ id: 1, ok: {} });
    await watching;
    const end = await shown(backend);
    await shown(engine.at(2));
    end();
    Wire.last.say({ seat: 1, push: STARTING });
    expect(pushes).toEqual([]);
    Wire.last.say({ seat: 2, push: STARTING });
    Wire.last.say({ seats: { seats: [], front: 2 } });
    expect([pushes, views]).toEqual([[STARTING], [{ seats: [], front: 2 }]]);
    Wire.last.onclose?.();
    await vi.advanceTimersByTimeAsync(300);
    Wire.last.onopen?.();
    await vi.advanceTimersByTimeAsync(0);
    Wire.last.say({ id: Wire.last.sent.at(-1)?.["id"], ok: {} });
    await vi.advanceTimersByTimeAsync(0);
    expect(Wire.last.sent).toMatchObject([{ seats: {} }, { seat: 2, subscribe: {} }]);
  });

  test("unsubscribed it stays silent and does not come back", async () => {
    const end = await connected();
    end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([Wire.count, lost]).toEqual([1, 0]);
  });

  test.each([
    [{ protocol: "http:", host: "127.0.0.1:7411" }, "ws://127.0.0.1:7411/page"],
    [{ protocol: "https:", host: "desk.example" }, "wss://desk.example/page"],
  ])("address of %j", (origin, address) => {
    expect(socketAddress(origin)).toBe(address);
  });
});
