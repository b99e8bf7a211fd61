/**
 * The accounts of this machine: which there are, which is on the screen, and how many dialogs want something at each.
 * What happens in them is the workplace's.
 */
import type { Engine } from "../backend/backend";
import type { SeatId, SeatsCommand, SeatsView, SeatView } from "../backend/types";
import { n, t } from "../i18n/i18n.svelte";
import { chordOf } from "../keys/chord";
import { onMac } from "../state/keys.svelte";
import { plainName } from "../text/chars";

/** The engine has places for no more. */
const MOST = 8;

export class Accounts {
  view = $state.raw<SeatsView | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly mac: boolean = onMac(),
  ) {}

  start(): Promise<() => void> {
    return this.engine.watch((view) => (this.view = view));
  }

  get seats(): readonly SeatView[] {
    return this.view?.seats ?? [];
  }

  get several(): boolean {
    return this.seats.length > 1;
  }

  get full(): boolean {
    return this.seats.length >= MOST;
  }

  /** Dialogs that want something where nobody looks. */
  get elsewhere(): number {
    const others = this.seats.filter(({ seat }) => seat !== this.view?.front);
    return others.reduce((sum, { badge }) => sum + badge, 0);
  }

  /** The same at the account on the screen. */
  get here(): number {
    return this.seats.find(({ seat }) => seat === this.view?.front)?.badge ?? 0;
  }

  async show(seat: SeatId): Promise<void> {
    if (seat !== this.view?.front) await this.#ask({ do: "show", seat });
  }

  async add(): Promise<void> {
    await this.#ask({ do: "add" });
  }

  /** Takes one away at which nobody is signed in; the last one stays. */
  async remove(seat: SeatId | undefined): Promise<void> {
    if (seat !== undefined && this.several) await this.#ask({ do: "remove", seat });
  }

  /** The keys that lead to the account in this place; empty if none do. */
  chord(seat: SeatId): string {
    const place = this.seats.findIndex((one) => one.seat === seat);
    return place === -1 ? "" : `mod+alt+${place + 1}`;
  }

  /** A key was pressed anywhere. */
  pressed(event: KeyboardEvent): void {
    if (!this.several || event.defaultPrevented || event.isComposing) return;
    // AltGr looks like Ctrl+Alt, and writes signs. An open question has the keyboard for itself.
    if (event.getModifierState("AltGraph") || document.querySelector("dialog[open]") !== null) return;
    const chord = chordOf(event, this.mac);
    const wanted = this.seats.find(({ seat }) => this.chord(seat) === chord);
    if (wanted === undefined) return;
    event.preventDefault();
    void this.show(wanted.seat);
  }

  /** A refusal is seen by nothing happening: which accounts there are is told by the engine alone. */
  async #ask(command: SeatsCommand): Promise<void> {
    const front = this.view?.front;
    if (front === undefined) return;
    await this.engine
      .at(front)
      .command({ kind: "seats", command })
      .catch(() => undefined);
  }
}

/** What an account is called. */
export function accountName({ centre, operator }: SeatView): string {
  if (centre === null) return t("accounts.nobody");
  return t("accounts.name", { centre: plainName(centre), operator: plainName(operator ?? "") });
}

/** An account as a screen reader says it: its name, and what is the matter with it. */
export function accountWords(account: SeatView): string {
  const words = [accountName(account)];
  if (account.offline) words.push(t("accounts.offline"));
  if (account.badge > 0) words.push(n("accounts.badge", account.badge));
  return words.join(", ");
}
