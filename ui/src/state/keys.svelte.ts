/**
 * The keys as the operator has them: a set, and his own changes on top. They are kept by the browser, beside the look of
 * the page; the engine knows nothing of them.
 */
import { ACTIONS, chordIn, isAction, KEY_SETS, type Action, type KeySet } from "../keys/actions";
import { chordOf, chordWord, readChord, worksInText, type Chord, type Pressed } from "../keys/chord";
import { layoutOf } from "../keys/layout";
import { recallText, rememberText } from "./remembered";

/** What a key asks for: an action, or one step back, whose key is the same everywhere. */
export type Wanted = Action | "back";

type Own = Readonly<Partial<Record<Action, Chord | null>>>;

const NAME = "keys";

export class Keys {
  #set = $state<KeySet>("standard");
  #own = $state.raw<Own>({});
  #russian = $state(false);
  readonly #byChord = $derived(this.#turned());

  constructor(readonly mac: boolean = onMac()) {
    this.#recall();
  }

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
    rememberText(NAME, JSON.stringify({ set: this.#set, own: this.#own }));
  }

  #recall(): void {
    const kept = parse(recallText(NAME));
    if (kept === null) return;
    this.#set = KEY_SETS.find((one) => one === kept["set"]) ?? "standard";
    const own: Partial<Record<Action, Chord | null>> = {};
    const changes: unknown = kept["own"];
    if (typeof changes !== "object" || changes === null) return;
    for (const [action, chord] of Object.entries(changes)) {
      if (!isAction(action)) continue;
      const read = readChord(chord);
      if (read !== null || chord === null) own[action] = read;
    }
    this.#own = own;
  }
}

function parse(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    const kept: unknown = JSON.parse(text);
    return typeof kept === "object" && kept !== null ? (kept as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function onMac(): boolean {
  return /mac/i.test(navigator.userAgent) && !/iphone|ipad/i.test(navigator.userAgent);
}
