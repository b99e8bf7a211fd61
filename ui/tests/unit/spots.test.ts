import { afterEach, expect, test } from "vitest";
import { formats, useLanguage } from "../../src/i18n/i18n.svelte";
import { placeOf, STICKER } from "../../src/files/pictures";
import { coordinates, mapAddress, plainCoordinates } from "../../src/state/spots";

afterEach(() => useLanguage("auto"));

const MOSCOW = { latitude: 55.751244, longitude: 37.618423 };
const QUITO = { latitude: -0.18, longitude: -78.4678 };

test("a place is read in words, and copied in numbers", () => {
  useLanguage("en");
  expect(coordinates(MOSCOW)).toBe("55.751244° N, 37.618423° E");
  expect(coordinates(QUITO)).toBe("0.180000° S, 78.467800° W");
  expect(coordinates({ latitude: 0, longitude: 0 })).toBe("0.000000° N, 0.000000° E");
  useLanguage("ru");
  expect(coordinates(QUITO)).toBe("0.180000° ю. ш., 78.467800° з. д.");
  expect(plainCoordinates(QUITO)).toBe("-0.180000, -78.467800");
});

test("a map is an address with a mark, of numbers alone", () => {
  expect(mapAddress(QUITO)).toBe(
    "https://www.openstreetmap.org/?mlat=-0.180000&mlon=-78.467800#map=16/-0.180000/-78.467800",
  );
});

test("distances are said as people say them", () => {
  useLanguage("en");
  expect([0, 13, 999, 1_500, 25_400].map((metres) => formats().distance(metres))).toEqual([
    "0 m",
    "13 m",
    "999 m",
    "1.5 km",
    "25 km",
  ]);
  useLanguage("ru");
  expect(formats().distance(1_500)).toMatch(/^1,5\sкм$/);
});

test("a sticker takes 160 pixels at most, and as many as it has", () => {
  expect(placeOf([640, 320], STICKER)).toEqual({ width: 160, height: 80 });
  expect(placeOf([100, 120], STICKER)).toEqual({ width: 100, height: 120 });
});
