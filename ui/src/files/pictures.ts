/** Pictures of a thread: which lines show one, how large it stands there, and which come one after the other. Pure. */
import type { Attachment, ThreadItem } from "../backend/types";
import type { Entry } from "../state/entries";

/** The most room a picture takes in a thread, pixels. */
const WIDEST = 320;
const HIGHEST = 320;
/** Nothing smaller can be pressed. */
const LEAST = 48;

/** What of a file can be shown in its place. */
export type Shown = "picture" | "sound" | "film" | "line";

export function shownAs(file: Attachment): Shown {
  if (file.state !== "ready") return "line";
  if (file.pixels != null) return "picture";
  if (file.media.startsWith("audio/")) return "sound";
  return file.media.startsWith("video/") ? "film" : "line";
}

/** How large a picture of this size stands in a thread. */
export function placeOf([width, height]: readonly [number, number]): { width: number; height: number } {
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  const fitted = (length: number) => Math.max(LEAST, Math.round(length * scale));
  return { width: fitted(width), height: fitted(height) };
}

/** A picture that can be looked at. */
export interface Picture {
  /** The line's. */
  key: string;
  file: Attachment;
  /** It waits to be sent: the engine has it, the hub does not. */
  staged: boolean;
}

export function pictureOf(item: ThreadItem): Picture | null {
  const file = item.details.file;
  if (file === undefined || item.details.deleted_at !== undefined || shownAs(file) !== "picture") return null;
  return { key: item.key, file, staged: item.seq === null };
}

/** All pictures of a thread, oldest first. */
export function picturesOf(entries: readonly Entry[]): Picture[] {
  return entries.flatMap((entry) => (entry.what === "message" ? (pictureOf(entry.item) ?? []) : []));
}
