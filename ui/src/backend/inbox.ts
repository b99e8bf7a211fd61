/**
 * What the engine says, in its order. What follows a whole picture waits until that has been painted: at a start some
 * rows are on the screen before ten thousand others are read.
 */
import type { Push } from "./types";

/** A page that is not drawn paints nothing: it goes on all the same. */
const AT_LAST_MS = 250;

export class Inbox {
  readonly #waiting: Push[] = [];
  #holds = false;

  constructor(
    private readonly apply: (push: Push) => void,
    private readonly painted: (then: () => void) => void = afterPaint,
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

  /** One push a frame, until nothing waits. */
  #next(): void {
    const push = this.#waiting.shift();
    if (push !== undefined) this.apply(push);
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
