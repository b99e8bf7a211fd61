/**
 * The keys as the operator has them: a set, and his own changes on top. The engine keeps them and reads nothing in them.
 */
import type { KeyChoice } from "../backend/types";
import { ACTIONS, chordIn, isAction, KEY_SETS, type Action, type KeySet } from "../keys/actions";
import { chordOf, chordWord, readChord, worksInText, type Chord, type Pressed } from "../keys/chord";
import { layoutOf } from "../keys/layout";

/** What a key asks for: an action, or one step back, whose key is the same everywhere. */
export type Wanted = Action | "back";

type Own = Readonly<Partial<Record<Action, Chord | null>>>;

export class Keys {
  #set = $state<KeySet>("standard");
  #own = $state.raw<Own>({});
  #russian = $state(false);
  readonly #byChord = $derived(this.#turned());

  constructor(
    /** Has the choice kept. */
    private readonly keep: (choice: KeyChoice) => void = () => undefined,
    readonly mac: boolean = onMac(),
  ) {}

  get set(): KeySet {
    return this.#set;
  }

  /** The operator changed something himself. */
  get changed(): boolean {
    return Object.keys(this.#own).length > 0;
  }

  /** The last letter came from a Russian layout. */
  get russian(): boolean {
    return this.#russian;
  }

  chord(action: Action): Chord | null {
    const own = this.#own[action];
    return own === undefined ? chordIn(this.#set, action, this.mac) : own;
  }

  /** The keys of an action in one word, empty if it has none. */
  word(action: Action): string {
    const chord = this.chord(action);
    return chord === null ? "" : chordWord(chord, this.mac);
  }

  /** Whose keys these are, apart from `action`. */
  holder(chord: Chord, action: Action): Action | null {
    return ACTIONS.find((one) => one !== action && this.chord(one) === chord) ?? null;
  }

  /** What is asked for. `typing`: the keyboard is in a text field, where plain characters are text. */
  wanted(event: Pressed, typing: boolean): Wanted | null {
    const layout = event.ctrlKey || event.metaKey || event.altKey ? null : layoutOf(event.key);
    if (layout !== null) this.#russian = layout === "russian";
    const chord = chordOf(event, this.mac);
    if (chord === null) return null;
    if (chord === "escape") return "back";
    // On the Russian layout the key of "?" gives a comma with Shift.
    if (!typing && (event.key === "?" || chord === "shift+slash")) return "help";
    if (typing && !worksInText(chord)) return null;
    return this.#byChord.get(chord) ?? null;
  }

  /** Takes what was kept. What this page does not know is left out. */
  use(choice: KeyChoice): void {
    this.#set = KEY_SETS.find((one) => one === choice.set) ?? "standard";
    const own: Partial<Record<Action, Chord | null>> = {};
    for (const [action, chord] of Object.entries(choice.own)) {
      if (!isAction(action) || chord === undefined) continue;
      const read = readChord(chord);
      if (read !== null || chord === null) own[action] = read;
    }
    this.#own = own;
  }

  choose(set: KeySet): void {
    this.#set = set;
    this.#keep();
  }

  /** Gives an action its keys, `null` for none; whoever had them goes without. */
  bind(action: Action, chord: Chord | null): void {
    const own: Partial<Record<Action, Chord | null>> = { ...this.#own };
    const holder = chord === null ? null : this.holder(chord, action);
    if (holder !== null) own[holder] = null;
    own[action] = chord;
    for (const one of [action, holder]) {
      if (one !== null && own[one] === chordIn(this.#set, one, this.mac)) delete own[one];
    }
    this.#own = own;
    this.#keep();
  }

  /** Forgets the operator's own changes. */
  reset(): void {
    this.#own = {};
    this.#keep();
  }

  #turned(): ReadonlyMap<Chord, Action> {
    const map = new Map<Chord, Action>();
    for (const action of ACTIONS) {
      const chord = this.chord(action);
      if (chord === null) continue;
      // Where one's own keys meet another set's, one's own count.
      if (!map.has(chord) || this.#own[action] === chord) map.set(chord, action);
    }
    return map;
  }

  #keep(): void {
    this.keep({ set: this.#set, own: { ...this.#own } });
  }
}

export function onMac(): boolean {
  return /mac/i.test(navigator.userAgent) && !/iphone|ipad/i.test(navigator.userAgent);
}
