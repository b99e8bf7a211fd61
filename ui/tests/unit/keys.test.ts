import { describe, expect, test } from "vitest";
import { ACTIONS, chordIn, KEY_SETS } from "../../src/keys/actions";
import { chordFault, chordOf, chordWord, readChord, type Pressed } from "../../src/keys/chord";
import { inOtherLayout, russianOn } from "../../src/keys/layout";
import { Keys } from "../../src/state/keys.svelte";
import type { KeyChoice } from "../../src/backend/types";

function press(key: string, code: string, mods = ""): Pressed {
  return {
    key,
    code,
    ctrlKey: mods.includes("c"),
    metaKey: mods.includes("m"),
    altKey: mods.includes("a"),
    shiftKey: mods.includes("s"),
  };
}

/** Keys, and what of them was kept last. */
function keysOf(mac: boolean): { keys: Keys; kept: () => KeyChoice } {
  let last: KeyChoice = { set: "", own: {} };
  return { keys: new Keys((choice) => (last = choice), mac), kept: () => last };
}

describe("keys", () => {
  test.each([
    ["Latin", press("A", "KeyA", "cs"), "accept_oldest"],
    ["Russian layout", press("Ф", "KeyA", "cs"), "accept_oldest"],
    ["Dvorak: the letter counts", press("p", "KeyR", "c"), "search"],
    ["Dvorak: not the place", press("y", "KeyP", "c"), null],
    ["Russian search", press("з", "KeyP", "c"), "search"],
    ["Command key", press("p", "KeyP", "m"), "search"],
    ["arrows", press("ArrowUp", "ArrowUp", "c"), "previous"],
    ["French digits", press("é", "Digit2", "c"), "section_mine"],
    ["number pad", press("3", "Numpad3", "c"), "section_queue"],
    ["with Alt nothing", press("a", "KeyA", "csa"), null],
    ["Shift missing", press("b", "KeyB", "c"), null],
    ["escape", press("Escape", "Escape"), "back"],
    ["palette on the Russian layout", press("л", "KeyK", "c"), "palette"],
    ["a sign goes by its place", press("б", "Comma", "c"), "settings"],
    ["a function key while writing", press("F6", "F6"), "pane_next"],
    ["back in the thread, from the composer too", press("PageUp", "PageUp", "a"), "thread_up"],
    ["on in the thread", press("PageDown", "PageDown", "a"), "thread_down"],
    ["a page of the field is the field's", press("PageUp", "PageUp"), null],
    ["a modifier alone", press("Control", "ControlLeft", "c"), null],
  ])("%s", (_, pressed, wanted) => {
    expect(keysOf(false).keys.wanted(pressed, true)).toBe(wanted);
  });

  test("a question mark is text while something is written", () => {
    const keys = keysOf(false).keys;
    expect(keys.wanted(press("?", "Slash", "s"), false)).toBe("help");
    expect(keys.wanted(press(",", "Slash", "s"), false)).toBe("help");
    expect(keys.wanted(press("?", "Slash", "s"), true)).toBeNull();
  });

  test("on a Mac Cmd counts, Ctrl does not, and Option may write another letter", () => {
    const keys = keysOf(true).keys;
    expect(keys.wanted(press("k", "KeyK", "m"), true)).toBe("palette");
    expect(keys.wanted(press("k", "KeyK", "c"), true)).toBeNull();
    expect(keys.wanted(press("ArrowUp", "ArrowUp", "ma"), true)).toBe("previous");
    keys.choose("alt");
    expect(keys.wanted(press("å", "KeyA", "a"), true)).toBe("accept_oldest");
    expect(keys.wanted(press("Dead", "KeyN", "a"), true)).toBe("note");
  });

  test.each(KEY_SETS.flatMap((set) => [false, true].map((mac) => [set, mac] as const)))(
    "the set %s (Mac: %s) gives no keys twice, and only such as may be given",
    (set, mac) => {
      const chords = ACTIONS.map((action) => chordIn(set, action, mac)).filter((chord) => chord !== null);
      expect(new Set(chords).size).toBe(chords.length);
      for (const chord of chords)
        expect([chord, readChord(chord), chordFault(chord)]).toEqual([chord, chord, null]);
    },
  );

  test("the category has its key in every set, and so has the search in the open dialog", () => {
    const keys = keysOf(false).keys;
    for (const set of KEY_SETS) {
      keys.choose(set);
      const category = set === "alt" ? press("k", "KeyK", "a") : press("K", "KeyK", "cs");
      expect(keys.wanted(category, true)).toBe("about");
      expect(keys.wanted(press("а", "KeyF", "c"), true)).toBe("search_customer");
    }
  });

  test("as in Webim: Ctrl and an arrow accept the oldest", () => {
    const keys = keysOf(false).keys;
    keys.choose("webim");
    expect(keys.wanted(press("ArrowRight", "ArrowRight", "c"), true)).toBe("accept_oldest");
    expect(keys.wanted(press("A", "KeyA", "cs"), true)).toBeNull();
    expect(keys.wanted(press("k", "KeyK", "c"), true)).toBe("palette");
  });
});

describe("one's own keys", () => {
  test("are kept, and come back with the settings", () => {
    const { keys, kept } = keysOf(false);
    keys.choose("alt");
    keys.bind("sign_out", "mod+shift+o");
    keys.bind("card", null);
    const again = keysOf(false);
    again.keys.use(kept());
    expect([
      again.keys.set,
      again.keys.chord("sign_out"),
      again.keys.chord("card"),
      again.keys.changed,
    ]).toEqual(["alt", "mod+shift+o", null, true]);
    again.keys.reset();
    expect(again.kept()).toEqual({ set: "alt", own: {} });
    expect(again.keys.chord("card")).toBe("mod+i");
  });

  test("taken from another action leave that one without", () => {
    const keys = keysOf(false).keys;
    expect(keys.holder("mod+k", "search")).toBe("palette");
    keys.bind("search", "mod+k");
    expect([keys.chord("search"), keys.chord("palette")]).toEqual(["mod+k", null]);
    expect(keys.wanted(press("k", "KeyK", "c"), true)).toBe("search");
  });

  test("given back to what the set has are no change", () => {
    const keys = keysOf(false).keys;
    keys.bind("search", "mod+shift+p");
    keys.bind("search", "mod+p");
    expect(keys.changed).toBe(false);
  });

  test("count where another set would give them to somebody else", () => {
    const keys = keysOf(false).keys;
    keys.bind("card", "alt+a");
    keys.choose("alt");
    expect(keys.wanted(press("a", "KeyA", "a"), true)).toBe("card");
  });

  test("what was kept and this page does not know is left out", () => {
    const { keys } = keysOf(false);
    keys.use({ set: "none", own: { card: "zz zz", nothing: "mod+b", note: "f2" } });
    expect([keys.set, keys.chord("card"), keys.chord("note")]).toEqual(["standard", "mod+i", "f2"]);
  });
});

describe("combinations", () => {
  test.each([
    ["a", "writes"],
    ["shift+a", "writes"],
    ["arrowup", "writes"],
    ["mod+c", "edits"],
    ["mod+enter", "edits"],
    ["tab", "fixed"],
    ["mod+escape", "fixed"],
    ["f4", null],
    ["alt+b", null],
  ])("%s: %s", (chord, fault) => {
    expect(chordFault(chord)).toBe(fault);
  });

  test("read and shown", () => {
    expect(chordOf(press("Ы", "KeyS", "cas"), false)).toBe("mod+alt+shift+s");
    expect(chordWord("mod+alt+arrowdown", false)).toBe("Ctrl+Alt+↓");
    expect(chordWord("mod+shift+k", true)).toBe("⌘⇧K");
    expect(chordWord("mod+comma", false)).toBe("Ctrl+,");
  });
});

describe("layouts", () => {
  test.each([
    ["ghbyznm", "принять"],
    ["фссузе", "accept"],
    ["yfcnhjqrb", "настройки"],
    ["Ъ", "}"],
    ["12 + 3", "12 + 3"],
  ])("%s is %s", (typed, meant) => {
    expect(inOtherLayout(typed)).toBe(meant);
  });

  test("the sheet shows the letter on the key, and follows what was typed last", () => {
    expect([russianOn("a"), russianOn("arrowup")]).toEqual(["Ф", null]);
    const keys = keysOf(false).keys;
    keys.wanted(press("ы", "KeyS"), true);
    expect(keys.russian).toBe(true);
    keys.wanted(press("s", "KeyS"), true);
    expect(keys.russian).toBe(false);
  });
});
