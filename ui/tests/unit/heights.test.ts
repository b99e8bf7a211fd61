import { expect, test } from "vitest";
import { Heights } from "../../src/virtual/heights";

const lines = (...keys: string[]) => keys.map((key) => ({ key }));

test("measured heights are kept by key when lines come in front", () => {
  const heights = new Heights(() => 50);
  heights.use(lines("c", "d"));
  expect(heights.measure([["c", 20.5]])).toBe(true);
  expect(heights.measure([["c", 20.505]])).toBe(false);
  heights.use(lines("a", "b", "c", "d"));
  expect([heights.total, heights.top(2), heights.top(3)]).toEqual([170.5, 100, 120.5]);
  expect([heights.place("c"), heights.place("x")]).toEqual([2, -1]);
});

test.each([
  [-10, 0],
  [0, 0],
  [49.9, 0],
  [50, 1],
  [149, 2],
  [9_999, 2],
])("the line at %d is %i", (y, place) => {
  const heights = new Heights(() => 50);
  heights.use(lines("a", "b", "c"));
  expect(heights.at(y)).toBe(place);
});

test("an empty list has nothing to draw", () => {
  const heights = new Heights(() => 50);
  heights.use([]);
  expect(heights.range(0, 100)).toEqual({ start: 0, end: 0 });
});
