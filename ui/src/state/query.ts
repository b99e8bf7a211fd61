/**
 * What is typed into the search field: words, and conditions such as `from:maria`. Pure: names, dates and the time now
 * come in. A condition that cannot be understood is told, and narrows nothing down.
 */
import type { Channel, ChannelId, MessageSearch, Operator, OperatorId, Stamp } from "../backend/types";
import { RU_CONDITIONS, RU_TODAY, RU_YESTERDAY } from "../i18n/ru.search";

export const CONDITIONS = ["customer", "operator", "channel", "since", "until"] as const;
export type ConditionKey = (typeof CONDITIONS)[number];

/** How a condition may be called, in either language whichever is shown. */
const NAMES: Record<string, ConditionKey> = {
  from: "customer",
  customer: "customer",
  operator: "operator",
  channel: "channel",
  since: "since",
  after: "since",
  until: "until",
  before: "until",
  ...RU_CONDITIONS,
};

const DAY_MS = 24 * 3_600_000;

/** One condition, as it was typed. */
export interface Condition {
  key: ConditionKey;
  /** What stands in the field, to be taken out. */
  typed: string;
  value: string;
  /** Nobody, no channel, no day is meant by it. */
  unknown: boolean;
}

export interface Parsed {
  search: MessageSearch;
  conditions: Condition[];
}

export interface Names {
  operators: readonly Operator[];
  channels: readonly Channel[];
  now: Stamp;
}

const CONDITION = /(^|\s)(\p{L}+):("[^"]*"|\S+)/gu;

export function parse(text: string, names: Names): Parsed {
  const search: MessageSearch = { words: "" };
  const conditions: Condition[] = [];
  search.words = text
    .replace(CONDITION, (whole, space: string, name: string, written: string) => {
      const key = NAMES[name.toLowerCase()];
      if (key === undefined) return whole;
      const value = written.replace(/^"|"$/g, "").trim();
      const unknown = value === "" || !put(search, key, value, names);
      conditions.push({ key, typed: whole.trim(), value, unknown });
      return space;
    })
    .trim();
  return { search, conditions };
}

/** Whether there is anything to look for on the hub, or in messages at all. */
export function hasWords(search: MessageSearch): boolean {
  return /[\p{L}\p{N}]/u.test(search.words);
}

/** The field without one of its conditions. */
export function without(text: string, typed: string): string {
  return text.replace(typed, "").replace(/\s+/g, " ").trimStart();
}

function put(search: MessageSearch, key: ConditionKey, value: string, names: Names): boolean {
  switch (key) {
    case "customer":
      search.customer = value;
      return true;
    case "operator": {
      const id = operatorOf(value, names.operators);
      if (id !== null) search.operator = id;
      return id !== null;
    }
    case "channel": {
      const id = channelOf(value, names.channels);
      if (id !== null) search.channel = id;
      return id !== null;
    }
    case "since":
    case "until": {
      const day = dayOf(value, names.now);
      if (day === null) return false;
      // The named day is part of it, at both ends.
      if (key === "since") search.since = day;
      else search.until = nextDay(day);
      return true;
    }
  }
}

function operatorOf(value: string, operators: readonly Operator[]): OperatorId | null {
  return best(value, operators)?.id ?? null;
}

function channelOf(value: string, channels: readonly Channel[]): ChannelId | null {
  return best(value, channels)?.id ?? null;
}

/** The one that is called so, else the first whose name has a word that begins so. */
function best<T extends { name: string }>(value: string, all: readonly T[]): T | undefined {
  const wanted = plain(value);
  const begins = (name: string) =>
    plain(name)
      .split(/\s+/)
      .some((word) => word.startsWith(wanted));
  return all.find(({ name }) => plain(name) === wanted) ?? all.find(({ name }) => begins(name));
}

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll("\u0451", "\u0435");
}

/** The beginning of a day, by this machine's clock. */
function dayOf(value: string, now: Stamp): Stamp | null {
  const today = new Date(now);
  today.setHours(0, 0, 0, 0);
  const word = plain(value);
  if (["today", RU_TODAY].includes(word)) return today.getTime();
  if (["yesterday", RU_YESTERDAY].includes(word)) return startOf(today.getTime() - DAY_MS / 2);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(word);
  if (iso !== null) return dateOf(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const local = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?$/.exec(word);
  if (local === null) return null;
  const year =
    local[3] === undefined ? today.getFullYear() : Number(local[3]) + (local[3].length === 2 ? 2_000 : 0);
  return dateOf(year, Number(local[2]), Number(local[1]));
}

function dateOf(year: number, month: number, day: number): Stamp | null {
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : null;
}

function startOf(at: Stamp): Stamp {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Days are not all of one length. */
function nextDay(day: Stamp): Stamp {
  return startOf(day + DAY_MS + DAY_MS / 2);
}
