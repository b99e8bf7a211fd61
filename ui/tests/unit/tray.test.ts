import { beforeEach, describe, expect, test } from "vitest";
import { FakeBackend } from "../../src/backend/fake/fake";
import { partsOf } from "../../src/files/parts";
import { pictureOf, placeOf, shownAs } from "../../src/files/pictures";
import { Tray } from "../../src/files/tray.svelte";

let fake: FakeBackend;
let tray: Tray;
let ira: string;
let oleg: string;

beforeEach(async () => {
  fake = new FakeBackend({ dialogs: 24 });
  [ira, oleg] = [...fake.desk.dialogs.values()]
    .filter((one) => one.owner === "Вера Ильина")
    .map((one) => one.id) as [string, string];
  tray = new Tray(fake, () => fake.limits.files);
  await tray.open(ira);
});

const file = (name: string, size = 10) => new File([new Uint8Array(size).fill(7)], name);
const states = () => tray.files.map((one) => [one.name, one.state]);
const done = (what: string) => fake.asked.filter((one) => one.do === what).length;

describe("a file in parts", () => {
  test("is whole when its parts are put together", async () => {
    const bytes = Uint8Array.from({ length: 500_000 }, (_, i) => i % 251);
    const parts: { at: number; part: string }[] = [];
    for await (const part of partsOf(new Blob([bytes]))) parts.push(part);
    expect(parts.map((part) => part.at)).toEqual([0, 196_608, 393_216]);
    const whole = parts.map((part) => atob(part.part)).join("");
    expect(whole.length).toBe(500_000);
    expect([...whole].every((sign, i) => sign.charCodeAt(0) === i % 251)).toBe(true);
    expect(parts.slice(0, -1).every((part) => !part.part.endsWith("="))).toBe(true);
  });
});

describe("the tray", () => {
  test("keeps files in the order in which they were chosen, with what the engine found in them", async () => {
    tray.add([file("a.png"), file("b.txt", 300_000)]);
    expect(states()).toEqual([
      ["a.png", "coming"],
      ["b.txt", "coming"],
    ]);
    await tray.settled();
    expect(states()).toEqual([
      ["a.png", "kept"],
      ["b.txt", "kept"],
    ]);
    expect(tray.files.map((one) => one.pixels)).toEqual([[960, 640], null]);
    expect(fake.files.of(ira).map((one) => one.size)).toEqual([10, 300_000]);
  });

  test("says what is too large or empty before a byte has moved", async () => {
    fake.limits = { text_chars: 1, files: { most_bytes: 100, media: [] } };
    tray.add([file("large.bin", 101), file("empty.bin", 0), file("good.bin", 100)]);
    await tray.settled();
    expect(tray.files.map((one) => [one.state, one.error])).toEqual([
      ["refused", { error: "file", why: { file: "too_large", most_bytes: 100 } }],
      ["refused", { error: "file", why: { file: "empty" } }],
      ["kept", null],
    ]);
    expect(done("stage")).toBe(1);
  });

  test("shows why the engine did not take one, and sends the others", async () => {
    fake.limits = { text_chars: 1, files: { most_bytes: 1_000, media: ["image/png"] } };
    tray.add([file("a.exe"), file("b.png")]);
    await tray.settled();
    expect(tray.files.map((one) => one.error)).toEqual([{ error: "file", why: { file: "media" } }, null]);
    await tray.send(
      ira,
      "вот",
      tray.files.map((one) => one.id),
    );
    expect(states()).toEqual([["a.exe", "refused"]]);
    const sent = fake.dialog(ira).items.at(-1);
    expect([sent?.kind, sent?.text, sent?.details.file?.name]).toEqual(["file", "вот", "b.png"]);
  });

  test("what cannot be read, such as a folder, is said so, and the others come", async () => {
    const folder = file("Фотографии", 4_096);
    folder.slice = () => {
      throw new DOMException("it is a folder", "NotReadableError");
    };
    tray.add([folder, file("b.bin")]);
    await tray.settled();
    expect(states()).toEqual([
      ["Фотографии", "refused"],
      ["b.bin", "kept"],
    ]);
    expect(tray.files[0]?.error).toEqual({ error: "file", why: { file: "lost" } });
  });

  test("a file waved away on its way never arrives", async () => {
    tray.add([file("a.bin", 400_000), file("b.bin")]);
    const [first] = tray.files;
    await tray.remove(first?.id ?? "");
    await tray.settled();
    expect(states()).toEqual([["b.bin", "kept"]]);
    expect(fake.files.of(ira).map((one) => one.name)).toEqual(["b.bin"]);
  });

  test("a kept file is taken out at the engine too; what it refuses stays", async () => {
    tray.add([file("a.bin"), file("b.bin")]);
    await tray.settled();
    await tray.remove(tray.files[0]?.id ?? "");
    expect(fake.files.of(ira).map((one) => one.name)).toEqual(["b.bin"]);
    fake.refusals.set("detach", { error: "disk", fault: "full" });
    await tray.remove(tray.files[0]?.id ?? "");
    expect(tray.files.map((one) => one.error)).toEqual([{ error: "disk", fault: "full" }]);
  });

  test("belongs to its dialog: what is chosen for one is there when the operator comes back", async () => {
    tray.add([file("a.bin", 400_000), file("b.bin", 0)]);
    await tray.open(oleg);
    expect(tray.files).toEqual([]);
    tray.add([file("c.bin")]);
    await tray.settled();
    expect(states()).toEqual([["c.bin", "kept"]]);
    await tray.open(ira);
    expect(states()).toEqual([
      ["a.bin", "kept"],
      ["b.bin", "refused"],
    ]);
    expect(fake.files.of(oleg).map((one) => one.name)).toEqual(["c.bin"]);
  });

  test("what could not be sent is still there", async () => {
    tray.add([file("a.bin")]);
    await tray.settled();
    fake.refusals.set("send_files", { error: "disk", fault: "full" });
    const chosen = tray.files.map((one) => one.id);
    await expect(tray.send(ira, "", chosen)).rejects.toThrow();
    expect(states()).toEqual([["a.bin", "kept"]]);
  });
});

describe("a picture", () => {
  const base = { id: "f", name: "a.png", media: "image/png", size: 1, state: "ready" } as const;

  test("stands in a thread no larger than there is room, in its own shape", () => {
    expect(placeOf([960, 640])).toEqual({ width: 320, height: 213 });
    expect(placeOf([500, 5_000])).toEqual({ width: 48, height: 320 });
    expect(placeOf([100, 60])).toEqual({ width: 100, height: 60 });
    expect(placeOf([1, 1])).toEqual({ width: 48, height: 48 });
  });

  test("is one only if it was found to be one, and can be had", () => {
    expect(shownAs({ ...base, pixels: [2, 2] })).toBe("picture");
    expect(shownAs(base)).toBe("line");
    expect(shownAs({ ...base, pixels: [2, 2], state: "checking" })).toBe("line");
    expect(shownAs({ ...base, media: "audio/ogg" })).toBe("sound");
    expect(shownAs({ ...base, media: "video/mp4" })).toBe("film");
    expect(shownAs({ ...base, media: "image/svg+xml" })).toBe("line");
  });

  test("of a message that was taken back is not looked at", () => {
    const dialog = fake.dialog(ira);
    const item = { ...fake.desk.put(dialog, "file", { by: "customer" }, ""), details: {} };
    expect(pictureOf(item)).toBe(null);
    const shown = { ...item, details: { file: { ...base, pixels: [2, 2] as [number, number] } } };
    expect(pictureOf(shown)?.staged).toBe(false);
    expect(pictureOf({ ...shown, details: { ...shown.details, deleted_at: 1 } })).toBe(null);
  });
});
