/** Small facts about the look and the keys of this page, kept by the browser if it lets us. Never of customers. */

const PREFIX = "otklik.look.";

export function recall(name: string, otherwise: number, least: number, most: number): number {
  const kept = Number(recallText(name) ?? Number.NaN);
  return Number.isFinite(kept) ? Math.min(most, Math.max(least, kept)) : otherwise;
}

export function remember(name: string, value: number): void {
  rememberText(name, String(value));
}

/** The text kept under `name`; `null` if there is none or the browser keeps nothing. */
export function recallText(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function rememberText(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is off or full: what was chosen holds until the page is closed.
  }
}
