/** Dates, numbers and durations in one language. Pure: the time now is given. */
import type { Stamp } from "../backend/types";

/** A language of the interface. */
export type Lang = "ru" | "en";

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

export class Formats {
  readonly plural: Intl.PluralRules;
  readonly #lang: Lang;
  readonly #number: Intl.NumberFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #weekday: Intl.DateTimeFormat;
  readonly #short: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #dayWithYear: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #zones = new Map<string, Intl.DateTimeFormat | null>();

  /** `units`: short words for seconds, minutes, hours and days. */
  constructor(
    lang: Lang,
    private readonly units: readonly [string, string, string, string],
  ) {
    const time = { hour: "2-digit", minute: "2-digit", hour12: false } as const;
    this.#lang = lang;
    this.plural = new Intl.PluralRules(lang);
    this.#number = new Intl.NumberFormat(lang);
    this.#time = new Intl.DateTimeFormat(lang, time);
    this.#weekday = new Intl.DateTimeFormat(lang, { weekday: "short" });
    this.#short = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" });
    this.#day = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long" });
    this.#dayWithYear = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric" });
    this.#date = new Intl.DateTimeFormat(lang, {
      weekday: "long",
      day: "numeric",
      month: "long",
      year: "numeric",
    });
    this.#moment = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric", ...time });
    this.#clock = new Intl.DateTimeFormat(lang, { weekday: "short", ...time });
  }

  number(n: number): string {
    return this.#number.format(n);
  }

  /** `1.2 MB`: bytes as people count them, in thousands. */
  size(bytes: number): string {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
    const power = Math.min(units.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
    const value = bytes / 1_000 ** power;
    // English has no short name for bytes but "byte", however many.
    const unitDisplay = power === 0 ? "long" : "short";
    const style = { style: "unit", unit: units[power] ?? "byte", unitDisplay } as const;
    return new Intl.NumberFormat(this.#lang, { ...style, maximumFractionDigits: value < 10 ? 1 : 0 }).format(
      value,
    );
  }

  /** `13 m`, `1.5 km` */
  distance(metres: number): string {
    const far = metres >= 1_000;
    const value = far ? metres / 1_000 : metres;
    const style = { style: "unit", unit: far ? "kilometer" : "meter" } as const;
    const maximumFractionDigits = far && value < 10 ? 1 : 0;
    return new Intl.NumberFormat(this.#lang, { ...style, maximumFractionDigits }).format(value);
  }

  /** `14:05` */
  time(at: Stamp): string {
    return this.#time.format(at);
  }

  /** `Mon 14:05` */
  clock(at: Stamp): string {
    return this.#clock.format(at);
  }

  /** `Tue 03:12 GMT+10`: the time somewhere else; nothing, if no such zone is known here. */
  timeIn(zone: string, at: Stamp): string | null {
    let format = this.#zones.get(zone);
    if (format === undefined) {
      format = zoneFormat(this.#lang, zone);
      this.#zones.set(zone, format);
    }
    return format?.format(at) ?? null;
  }

  /** `20 November 2026, 14:05` */
  moment(at: Stamp): string {
    return this.#moment.format(at);
  }

  /** The shortest that tells when: the time today, the weekday this week, else the day. */
  recent(at: Stamp, now: Stamp): string {
    const days = dayNumber(now) - dayNumber(at);
    if (days === 0) return this.time(at);
    if (days > 0 && days < 7) return this.#weekday.format(at);
    return this.#short.format(at);
  }

  /** A day of a thread, with its year if it is not this year's. */
  day(at: Stamp, now: Stamp): string {
    const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
    return (sameYear ? this.#day : this.#dayWithYear).format(at);
  }

  /** `Wednesday, December 2, 2026`: a day that can be taken for no other. */
  date(at: Stamp): string {
    return this.#date.format(at);
  }

  /** A short stretch in words: `8 s`, `3 min`, `2 h`. */
  stretch(seconds: number): string {
    const s = Math.max(0, Math.floor(seconds));
    const words = this.units;
    if (s < MINUTE_S) return `${s} ${words[0]}`;
    if (s < HOUR_S) return `${Math.floor(s / MINUTE_S)} ${words[1]}`;
    if (s < DAY_S) return `${Math.floor(s / HOUR_S)} ${words[2]}`;
    return `${Math.floor(s / DAY_S)} ${words[3]}`;
  }

  /** Working time: `3 h 40 min`, under an hour `40 min`. */
  hours(seconds: number): string {
    const minutes = Math.max(0, Math.floor(seconds / MINUTE_S));
    const left = `${minutes % 60} ${this.units[1]}`;
    return minutes < 60 ? left : `${Math.floor(minutes / 60)} ${this.units[2]} ${left}`;
  }

  /** A running timer: `0:42`, `12:05`, `1:02:05`, from a day on `3 d`. */
  timer(seconds: number): string {
    const s = Math.max(0, Math.floor(seconds));
    if (s >= DAY_S) return this.stretch(s);
    const two = (n: number) => String(n).padStart(2, "0");
    const minutes = Math.floor((s % HOUR_S) / MINUTE_S);
    if (s < HOUR_S) return `${minutes}:${two(s % MINUTE_S)}`;
    return `${Math.floor(s / HOUR_S)}:${two(minutes)}:${two(s % MINUTE_S)}`;
  }
}

function zoneFormat(lang: Lang, timeZone: string): Intl.DateTimeFormat | null {
  const time = { weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false } as const;
  try {
    return new Intl.DateTimeFormat(lang, { ...time, timeZone, timeZoneName: "shortOffset" });
  } catch {
    return null;
  }
}

/** Days since an arbitrary start, by the local calendar. */
export function dayNumber(at: Stamp): number {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / (DAY_S * 1_000));
}
