/**
 * The same done to many dialogs, one after the other, each with its own outcome: the engine is asked for every single
 * one, and what it says about each is kept until it has been read.
 */
import { asRefused, type Backend } from "../backend/backend";
import type { Command, DialogId, DialogRow, UiError } from "../backend/types";

export const DEEDS = ["accept", "transfer", "close", "tag"] as const;
export type ManyDeed = (typeof DEEDS)[number];

/** What is asked about, before it is done. */
export interface Many {
  deed: ManyDeed;
  dialogs: readonly DialogId[];
}

export type Outcome =
  { state: "waiting" | "doing" | "done" | "stopped" } | { state: "refused"; why: UiError };

/** Why a dialog cannot be concerned; `null` if it can. */
export function barrier(deed: ManyDeed, row: DialogRow): DialogRow["can"]["accept"] {
  switch (deed) {
    case "accept":
      return row.can.accept;
    case "transfer":
      return row.can.transfer;
    case "close":
      return row.can.close;
    case "tag":
      return row.can.sort;
  }
}

/** Tags of a dialog with more of them, each once. */
export function withTags(row: DialogRow, more: readonly string[]): string[] {
  return [...new Set([...row.tags, ...more])];
}

export class ManyRun {
  #outcomes = $state.raw<ReadonlyMap<DialogId, Outcome>>(new Map());
  #running = $state(false);
  #stopping = false;

  constructor(private readonly backend: Backend) {}

  get outcomes(): ReadonlyMap<DialogId, Outcome> {
    return this.#outcomes;
  }

  get running(): boolean {
    return this.#running;
  }

  get done(): number {
    return [...this.#outcomes.values()].filter(({ state }) => state === "done").length;
  }

  /** What was begun is finished, nothing else is begun. */
  stop(): void {
    this.#stopping = true;
  }

  /** Does what `commands` says for each dialog: all of its commands, until one is refused. */
  async start(
    dialogs: readonly DialogId[],
    commands: (dialog: DialogId) => readonly Command[],
  ): Promise<void> {
    this.#outcomes = new Map(dialogs.map((dialog) => [dialog, { state: "waiting" }]));
    this.#running = true;
    this.#stopping = false;
    for (const dialog of dialogs) {
      if (this.#stopping) this.#note(dialog, { state: "stopped" });
      else await this.#do(dialog, commands(dialog));
    }
    this.#running = false;
  }

  async #do(dialog: DialogId, commands: readonly Command[]): Promise<void> {
    this.#note(dialog, { state: "doing" });
    try {
      for (const command of commands) await this.backend.command({ kind: "session", command });
      this.#note(dialog, { state: "done" });
    } catch (thrown) {
      this.#note(dialog, { state: "refused", why: asRefused(thrown).reason });
    }
  }

  #note(dialog: DialogId, outcome: Outcome): void {
    this.#outcomes = new Map(this.#outcomes).set(dialog, outcome);
  }
}
