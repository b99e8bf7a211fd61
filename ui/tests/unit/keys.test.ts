import { describe, expect, test } from "vitest";
import { actionFor, type Pressed } from "../../src/keys/keymap";

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

describe("keys", () => {
  test.each([
    ["Latin", press("A", "KeyA", "cs"), "accept_oldest"],
    ["Russian layout", press("Ф", "KeyA", "cs"), "accept_oldest"],
    ["Dvorak: the letter counts", press("p", "KeyR", "c"), "search"],
    ["Dvorak: not the place", press("l", "KeyP", "c"), null],
    ["Russian search", press("з", "KeyP", "c"), "search"],
    ["Command key", press("p", "KeyP", "m"), "search"],
    ["arrows", press("ArrowUp", "ArrowUp", "c"), "previous"],
    ["French digits", press("é", "Digit2", "c"), "section_mine"],
    ["number pad", press("3", "Numpad3", "c"), "section_all"],
    ["with Alt nothing", press("a", "KeyA", "csa"), null],
    ["Shift missing", press("a", "KeyA", "c"), null],
    ["escape", press("Escape", "Escape"), "back"],
  ])("%s", (_, pressed, action) => {
    expect(actionFor(pressed, true)).toBe(action);
  });

  test("a question mark is text while something is written", () => {
    expect(actionFor(press("?", "Slash", "s"), false)).toBe("help");
    expect(actionFor(press(",", "Slash", "s"), false)).toBe("help");
    expect(actionFor(press("?", "Slash", "s"), true)).toBeNull();
  });
});
