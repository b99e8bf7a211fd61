/** Small facts about the look of this page, kept by the browser if it lets us. Never anything about customers. */

const PREFIX = "otklik.look.";

export function recall(name: string, otherwise: number, least: number, most: number): number {
  try {
    const kept = Number(localStorage.getItem(PREFIX + name) ?? Number.NaN);
    return Number.isFinite(kept) ? Math.min(most, Math.max(least, kept)) : otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name: string, value: number): void {
  try {
    localStorage.setItem(PREFIX + name, String(value));
  } catch {
    // Storage is off or full: the pane keeps its width until the page is closed.
  }
}
