/** The time now, to the second, for everything on the page that ticks. One timer, asleep while the page is hidden. */

let now = $state(Date.now());
let ahead = $state(0);
let timer: ReturnType<typeof setTimeout> | null = null;
const minute = $derived(wholeMinute(now));
const hubsMinute = $derived(wholeMinute(now + ahead));

/** Milliseconds since the epoch, changing once a second. */
export function clock(): number {
  return now;
}

/** The same by the hub's clock: for whatever the hub has stamped, and for what it will count down. */
export function hubClock(): number {
  return now + ahead;
}

/** The same, changing once a minute: for whatever tells no seconds. Sixty times less is drawn. */
export function clockMinute(): number {
  return minute;
}

/** The hub's clock, changing once a minute. */
export function hubMinute(): number {
  return hubsMinute;
}

function wholeMinute(at: number): number {
  return at - (at % 60_000);
}

/** By how many milliseconds the hub's clock is ahead of this machine's. */
export function setAhead(ms: number): void {
  ahead = ms;
}

function tick(): void {
  // Not read back from `now`: an effect that starts the clock would depend on what it sets, and begin anew with each
  // millisecond that has gone by meanwhile.
  const at = Date.now();
  now = at;
  timer = document.hidden ? null : setTimeout(tick, 1_000 - (at % 1_000));
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
