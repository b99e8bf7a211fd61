/**
 * Going on and off duty: which status to begin with is asked after a login, and what the administrator wants said is
 * said before an operator goes off duty with open dialogs. Whether it is asked is decided by the hub and the engine.
 */
import type { Command, Handbook, Operator, OperatorStatus, Receipt } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import { plainName } from "../text/chars";
import { named } from "./handbook";

/** A status that can be chosen. */
export interface Choice {
  key: string;
  name: string;
  kind: OperatorStatus;
  /** What is asked of the engine for it. */
  command: Command;
}

/** What of the workplace this depends on. */
export interface OnDuty {
  readonly handbook: Handbook;
  readonly me: Operator | null;
  /** How many dialogs are one's own. */
  readonly held: number;
  do(command: Command): Promise<Receipt | null>;
}

/** What came of choosing a status. */
export type Chosen = "done" | "refused" | "warned";

const KINDS = ["online", "offline"] as const;

export class Duty {
  #asked = $state(false);
  #said = $state(false);
  /** The status that the operator is warned of choosing. */
  leaving = $state.raw<Choice | null>(null);

  readonly #at: OnDuty;

  constructor(at: OnDuty) {
    this.#at = at;
  }

  /** The operator is asked which status to begin with. */
  get asked(): boolean {
    return this.#asked && !this.#said;
  }

  /** What the engine says: whether there is still something to ask. */
  take(asked: boolean): void {
    this.#asked = asked;
    if (!asked) this.#said = false;
  }

  /** The dictionary of the centre, in the order of its menu; the kinds themselves, if there is none. */
  get choices(): Choice[] {
    const { statuses } = this.#at.handbook;
    if (statuses.length === 0) return KINDS.map(ofKind);
    return statuses.map(({ key, names, kind }) => ({
      key,
      kind,
      name: plainName(named(names, key)),
      command: { do: "choose_status", code: key, of: null },
    }));
  }

  /** What the administrator wants thought of now, before going off duty; `null` if nothing. */
  get warning(): string | null {
    const { leaving } = this.#at.handbook;
    return this.#at.held === 0 ? null : named(leaving, "") || null;
  }

  /** Begins with this status. A refusal is told; it is asked again when the engine says so. */
  async begin(choice: Choice): Promise<void> {
    this.#said = true;
    await this.#at.do(choice.command);
  }

  /** Stays off duty: that is an answer too, so that no other start asks again. */
  async stayOff(): Promise<void> {
    await this.begin(this.choices.find(({ kind }) => kind === "offline") ?? ofKind("offline"));
  }

  /** Chooses a status, unless a warning has to be read first. */
  async choose(choice: Choice): Promise<Chosen> {
    const leaves = this.#at.me?.status === "online" && choice.kind !== "online";
    if (leaves && this.warning !== null) {
      this.leaving = choice;
      return "warned";
    }
    return (await this.#at.do(choice.command)) === null ? "refused" : "done";
  }

  /** The same by kind alone. */
  async chooseKind(kind: (typeof KINDS)[number]): Promise<Chosen> {
    return this.choose(ofKind(kind));
  }

  /** Goes although there are open dialogs; or stays. */
  async leave(goes: boolean): Promise<void> {
    const [choice] = [this.leaving, (this.leaving = null)];
    if (goes && choice !== null) await this.#at.do(choice.command);
  }
}

function ofKind(kind: (typeof KINDS)[number]): Choice {
  return { key: kind, kind, name: t(`status.${kind}`), command: { do: "set_status", status: kind } };
}
