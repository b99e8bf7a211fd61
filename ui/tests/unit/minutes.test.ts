import { describe, expect, test } from "vitest";
import { asBase64 } from "../../src/text/base64";
import { asClock, fromClock } from "../../src/text/minutes";

describe("a minute of the day", () => {
  test.each([
    [0, "00:00"],
    [65, "01:05"],
    [1_439, "23:59"],
  ])("%i is written %s and read back", (minute, text) => {
    expect(asClock(minute)).toBe(text);
    expect(fromClock(text)).toBe(minute);
  });

  test.each(["", "24:00", "12:60", "noon"])("%s is no time", (text) => {
    expect(fromClock(text)).toBeNull();
  });
});

test("bytes of any number become base64", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
  expect(Uint8Array.from(atob(asBase64(bytes)), (letter) => letter.charCodeAt(0))).toEqual(bytes);
  expect(asBase64(new Uint8Array())).toBe("");
});
