/** Pictures of a thread: which lines show one, how large it stands there, and which come one after the other. Pure. */
import type { Attachment, ThreadItem } from "../backend/types";
import type { Entry } from "../state/entries";

/** The most room a picture takes in a thread, pixels. */
export const PICTURE = { width: 320, height: 320 };
/** The most room that a sticker takes. */
export const STICKER = { width: 160, height: 160 };
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

/** How large a picture of this size stands in a thread, where there is so much room for it. */
export function placeOf(
  [width, height]: readonly [number, number],
  most: { width: number; height: number } = PICTURE,
): { width: number; height: number } {
  const scale = Math.min(1, most.width / width, most.height / height);
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
  // A sticker is said, not shown around.
  if (item.kind === "sticker") return null;
  if (file === undefined || item.details.deleted_at !== undefined || shownAs(file) !== "picture") return null;
  return { key: item.key, file, staged: item.seq === null };
}

/** All pictures of a thread, oldest first. */
export function picturesOf(entries: readonly Entry[]): Picture[] {
  return entries.flatMap((entry) => (entry.what === "message" ? (pictureOf(entry.item) ?? []) : []));
}
