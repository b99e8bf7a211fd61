/** What the palette offers: every action, every setting with few values, and customers by name. */
import { accountName } from "../accounts/accounts.svelte";
import type { DialogRow, Settings } from "../backend/types";
import { lang, t, tIn, type PlainKey } from "../i18n/i18n.svelte";
import type { Lang } from "../i18n/format";
import { ACTIONS, KEY_SETS } from "../keys/actions";
import type { Chord } from "../keys/chord";
import { named } from "../state/handbook";
import { customerName, toneWord } from "../state/words";
import type { Workplace } from "../state/workplace.svelte";
import { perform, whyNot, type Hands } from "../workplace/perform";
import { plainName } from "../text/chars";
import { find, type Found, type Named } from "../text/match";
import { isOfPhone } from "../text/phone";

export interface Entry extends Named {
  key: string;
  /** The keys that do the same. */
  chord: Chord | null;
  /** What stands at its end: where a dialog stands, whether a setting is on. */
  note: string;
  /** Why it cannot be done now. */
  why: string | null;
  run: () => void;
}

/** A name in the language shown, then in the other one. */
function names(...keys: [PlainKey] | [PlainKey, PlainKey]): string[] {
  const shown = lang();
  const both: readonly Lang[] = shown === "ru" ? ["ru", "en"] : ["en", "ru"];
  return both.map((one) => keys.map((key) => tIn(one, key)).join(": "));
}

export function actionEntries(workplace: Workplace, hands: Hands): Entry[] {
  return ACTIONS.filter((action) => action !== "palette").map((action) => ({
    key: action,
    names: names(`action.${action}`),
    chord: workplace.keys.chord(action),
    note: "",
    why: whyNot(workplace, action),
    run: () => perform(workplace, hands, action),
  }));
}

/** How long a sent message can be taken back, seconds. */
const UNDO_S = 5;

type Value = { [K in keyof Settings]: Pick<Settings, K> }[keyof Settings];

interface Setting {
  title: PlainKey;
  value: PlainKey;
  change: Value;
}

const CHOICES: readonly Setting[] = [
  { title: "settings.theme", value: "settings.theme.auto", change: { theme: "auto" } },
  { title: "settings.theme", value: "settings.theme.light", change: { theme: "light" } },
  { title: "settings.theme", value: "settings.theme.dark", change: { theme: "dark" } },
  { title: "settings.language", value: "settings.language.auto", change: { language: "auto" } },
  { title: "settings.language", value: "settings.language.ru", change: { language: "ru" } },
  { title: "settings.language", value: "settings.language.en", change: { language: "en" } },
  { title: "settings.enter", value: "settings.enter.enter", change: { enter_sends: true } },
  { title: "settings.enter", value: "settings.enter.ctrl", change: { enter_sends: false } },
];

const SWITCHES = ["sounds", "popups", "popup_text", "spelling"] as const;

/** Settings that are a number or a table are changed on their page; the palette leads there. */
const PLACES: readonly { title: PlainKey; part: string }[] = [
  { title: "settings.volume", part: "alerts" },
  { title: "settings.reminder", part: "alerts" },
  { title: "settings.ask_after", part: "writing" },
  { title: "settings.cover", part: "cover" },
  { title: "keys.change", part: "keys" },
];

export function settingEntries(workplace: Workplace): Entry[] {
  const settings = workplace.settings;
  if (settings === null) return [];
  const choices = CHOICES.map(({ title, value, change }) => ({
    key: `${title}=${JSON.stringify(change)}`,
    names: names(title, value),
    note: isSet(settings, change) ? t("palette.now") : "",
    why: whyLocked(workplace, change),
    run: () => void workplace.changeSettings(change),
  }));
  const switches = SWITCHES.map((name) => ({
    key: name,
    names: names(`settings.${name}`),
    note: t(settings[name] ? "palette.on" : "palette.off"),
    why: workplace.machine.whyLocked(name),
    run: () => void workplace.changeSettings({ [name]: !settings[name] }),
  }));
  const undo = {
    key: "undo",
    names: names("settings.undo"),
    note: t(workplace.undoSeconds > 0 ? "palette.on" : "palette.off"),
    run: () => workplace.setUndo(workplace.undoSeconds > 0 ? 0 : UNDO_S),
  };
  const sets = KEY_SETS.map((set) => ({
    key: `keys=${set}`,
    names: names("keys.set", `keys.set.${set}`),
    note: workplace.keys.set === set ? t("palette.now") : "",
    run: () => workplace.keys.choose(set),
  }));
  const places = PLACES.map(({ title, part }) => ({
    key: title,
    names: names(title),
    note: "",
    run: () => workplace.showSettings(part),
  }));
  // Keys, the wait before sending and the way to a page are nobody's but the operator's.
  const free = [undo, ...sets, ...places].map((one) => ({ ...one, why: null }));
  return [...choices, ...switches, ...free].map((one) => ({ ...one, chord: null }));
}

function whyLocked({ machine }: Workplace, change: Value): string | null {
  const names = Object.keys(change) as (keyof Settings)[];
  return names.map((name) => machine.whyLocked(name)).find((why) => why !== null) ?? null;
}

function isSet(settings: Settings, change: Value): boolean {
  return Object.entries(change).every(([name, value]) => settings[name as keyof Settings] === value);
}

/** Lists kept under a name. */
export function viewEntries(workplace: Workplace): Entry[] {
  return workplace.listing.views.map((view) => ({
    key: `view=${view.name}`,
    names: [t("palette.view", { name: view.name }), view.name],
    chord: null,
    note: t(`section.${view.section}`),
    why: null,
    run: () => workplace.useView(view),
  }));
}

/** The other accounts of this machine, by their centres and operators. */
export function accountEntries({ accounts }: Workplace): Entry[] {
  if (accounts === null || !accounts.several) return [];
  return accounts.seats.map((account) => ({
    key: `account=${account.seat}`,
    names: [t("palette.account", { name: accountName(account) }), accountName(account)],
    chord: accounts.chord(account.seat),
    note: account.badge > 0 ? `${account.badge}` : "",
    why: account.seat === accounts.view?.front ? t("palette.now") : null,
    run: () => void accounts.show(account.seat),
  }));
}

/** A customer's dialog. His phone is found by its digits, by the rule of the search. */
export interface DialogEntry extends Entry {
  phone: string | null;
}

/** Customers that may be meant, by name, number, e-mail and phone, the likeliest first. */
export function findDialogs(entries: readonly DialogEntry[], asked: string): Found<DialogEntry>[] {
  const called = find(entries, asked);
  const known = new Set(called.map(({ entry }) => entry));
  const phoned = entries.filter(
    (entry) => !known.has(entry) && entry.phone !== null && isOfPhone(entry.phone, asked.trim()),
  );
  return [...called, ...phoned.map((entry) => ({ entry, marks: [] }))];
}

export function dialogEntries(workplace: Workplace): DialogEntry[] {
  return workplace.rows.section("all").map((row) => dialogEntry(workplace, row));
}

function dialogEntry(workplace: Workplace, row: DialogRow): DialogEntry {
  const places = [customerName(row), `${row.number}`, `${row.customer_number}`, row.email];
  return {
    key: row.id,
    names: places.filter((one) => one !== null),
    phone: row.phone,
    chord: null,
    note: toneWord(row),
    why: null,
    run: () => {
      if (workplace.pane === "settings") workplace.pane = "dialogs";
      workplace.open(row.id);
      workplace.composer.fieldWanted = true;
    },
  };
}

/** The statuses of the centre, by name. */
export function statusEntries(workplace: Workplace): Entry[] {
  const { me, duty } = workplace;
  return workplace.handbook.statuses.map((status) => ({
    key: `status=${status.key}`,
    names: Object.values(status.names)
      .toSorted((a, b) => Number(b === named(status.names, "")) - Number(a === named(status.names, "")))
      .map((name) => t("palette.status", { name: plainName(name) })),
    chord: null,
    note: me?.day?.code === status.key ? t("palette.now") : "",
    why: me?.day?.code === status.key ? t("action.why.status") : null,
    run: () => {
      const choice = duty.choices.find(({ key }) => key === status.key);
      if (choice !== undefined) void duty.choose(choice);
    },
  }));
}
