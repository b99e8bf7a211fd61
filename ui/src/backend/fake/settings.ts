/** What the operator of the engine in memory chose, and how he chooses his sounds. */
import type { AlertSound, OwnSound, Settings } from "../types";

export const SETTINGS: Settings = {
  language: "auto",
  theme: "auto",
  enter_sends: true,
  volume: 80,
  sounds: true,
  sound_long: { on: true, volume: 100, own: null },
  sound_short: { on: true, volume: 100, own: null },
  sound_trouble: { on: false, volume: 100, own: null },
  sound_device: null,
  sound_in_window: false,
  alert_when: "unfocused",
  do_not_disturb: false,
  quiet_hours: null,
  follow_system_quiet: true,
  offline_popups: true,
  queue_over: 10,
  low_ratings: true,
  popups: true,
  popup_text: true,
  reminder_s: 60,
  ask_after_min: 15,
  cover_after_min: 10,
  close_after_min: 30,
  spelling: true,
  own_words: [],
  page: null,
};

/** The same with another sound for a class. */
export function withSound(settings: Settings, sound: AlertSound, own: OwnSound | null): Settings {
  const changed = structuredClone(settings);
  changed[`sound_${sound}`].own = own;
  return changed;
}

/** The same with a word more that is spelt right. */
export function withWord(settings: Settings, word: string): Settings {
  return { ...settings, own_words: [...settings.own_words, word.toLowerCase()] };
}
