import { flushSync } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import { clock, startClock } from "../../src/state/clock.svelte";

afterEach(() => {
  vi.restoreAllMocks();
});

test("an effect that starts the clock starts it once, however slow the machine is", () => {
  // Each look at the time is a millisecond later than the one before.
  let at = clock() + 60_000;
  vi.spyOn(Date, "now").mockImplementation(() => (at += 1));
  let starts = 0;
  const end = $effect.root(() => {
    $effect(() => {
      starts += 1;
      return startClock();
    });
  });
  flushSync();
  document.dispatchEvent(new Event("visibilitychange"));
  flushSync();
  end();
  expect(starts).toBe(1);
  expect(clock()).toBe(at);
});
