/** The time now, to the second, for everything on the page that ticks. One timer, asleep while the page is hidden. */

let now = $state(Date.now());
let timer: ReturnType<typeof setTimeout> | null = null;

/** Milliseconds since the epoch, changing once a second. */
export function clock(): number {
  return now;
}

function tick(): void {
  now = Date.now();
  timer = document.hidden ? null : setTimeout(tick, 1_000 - (now % 1_000));
}

/** Starts ticking; the returned function stops it. */
export function startClock(): () => void {
  const wake = () => {
    if (timer !== null) clearTimeout(timer);
    tick();
  };
  wake();
  document.addEventListener("visibilitychange", wake);
  return () => {
    document.removeEventListener("visibilitychange", wake);
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
}
