/**
 * What the engine says, in its order. What follows a whole picture waits until that has been painted: at a start some
 * rows are on the screen before ten thousand others are read.
 */
import type { Push } from "./types";

/** A page that is not drawn paints nothing: it goes on all the same. */
const AT_LAST_MS = 250;
/** So much of a frame goes to what waited; the rest is for the operator. */
const SPENT_MS = 8;

export class Inbox {
  readonly #waiting: Push[] = [];
  #holds = false;

  constructor(
    private readonly apply: (push: Push) => void,
    private readonly painted: (then: () => void) => void = afterPaint,
    private readonly now: () => number = () => performance.now(),
  ) {}

  take(push: Push): void {
    if (push.push === "events") {
      if (this.#holds) this.#waiting.push(push);
      else this.apply(push);
      return;
    }
    // Whatever was said before it is part of it.
    this.#waiting.length = 0;
    this.apply(push);
    if (push.push === "snapshot") this.#hold();
  }

  #hold(): void {
    if (this.#holds) return;
    this.#holds = true;
    this.painted(() => this.#next());
  }

  /** A part of what waits in each frame, until nothing does: more at once than comes in the meantime. */
  #next(): void {
    const until = this.now() + SPENT_MS;
    do {
      const push = this.#waiting.shift();
      if (push !== undefined) this.apply(push);
    } while (this.#waiting.length > 0 && this.now() < until);
    if (this.#waiting.length > 0) this.painted(() => this.#next());
    else this.#holds = false;
  }
}

/** Calls back when what is there now has been painted. */
function afterPaint(then: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    then();
  };
  const timer = setTimeout(once, AT_LAST_MS);
  requestAnimationFrame(() => setTimeout(once));
}
