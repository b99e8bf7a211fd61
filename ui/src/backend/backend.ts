/**
 * What the page knows of the engine behind it: which accounts there are, and of each three calls and one stream. It
 * must not know over which wire they travel.
 */
import type { PageAnswer, PageCommand, PageQuery, Push, Receipt, SeatId, SeatsView, UiError } from "./types";

/** A way to reach the engine of this machine. */
export interface Engine {
  /** Delivers which accounts there are, now and at each change, until the returned function is called. */
  watch(onSeats: (view: SeatsView) => void): Promise<() => void>;
  /** The way to one of them. */
  at(seat: SeatId): Backend;
}

/** A way to reach one account. */
export interface Backend {
  /** Which wire it is. */
  readonly kind: "tauri" | "socket" | "fake";
  /**
   * Delivers every push until the returned function is called; after a broken wire again, beginning anew. `onLost` is
   * called when the wire breaks.
   */
  subscribe(onPush: (push: Push) => void, onLost?: () => void): Promise<() => void>;
  /** Has something done. Throws {@link Refused}. */
  command(command: PageCommand): Promise<Receipt>;
  /** Reads from the store. Throws {@link Refused}. */
  query(query: PageQuery): Promise<PageAnswer>;
  /**
   * Where the page finds what it shows of a file: a picture made anew, small or large, or a sound or a film to be
   * played. Of a message's file, or of one that waits to be sent.
   */
  fileAddress(whose: FileOwner, id: string, what: FileView): string;
}

export type FileOwner = "file" | "staged";
export type FileView = "small" | "large" | "play";

/** A command or query that was not carried out. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(readonly reason: UiError) {
    super(reason.error);
  }
}

/** Whatever a wire threw, as the engine's own word. What is not an engine's error means that it was not reached. */
export function asRefused(thrown: unknown): Refused {
  if (thrown instanceof Refused) return thrown;
  if (
    typeof thrown === "object" &&
    thrown !== null &&
    "error" in thrown &&
    typeof thrown.error === "string"
  ) {
    return new Refused(thrown as UiError);
  }
  return new Refused({ error: "not_ready" });
}

/** Who was faster with a dialog the engine says itself, with the customer's name. */
export function isToldByEngine(reason: UiError): boolean {
  return reason.error === "refused" && reason.reason.code === "already_accepted";
}
