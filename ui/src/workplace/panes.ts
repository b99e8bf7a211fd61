/** Going through the panes of the page with the keyboard: each has a place where the keyboard comes in. */

/** Where a pane takes the keyboard, best first. */
const DOORS = [
  "textarea",
  "[role='listbox']",
  "[aria-current='page']",
  "[role='log']",
  "h1[tabindex], button:not([aria-hidden]), [tabindex='0']",
];

function panesShown(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter(
    (pane) => pane.getClientRects().length > 0,
  );
}

/** Which of the panes on the screen has the keyboard; -1 if none. */
export function paneWithKeyboard(): number {
  return panesShown().findIndex((pane) => pane.contains(document.activeElement));
}

/** Puts the keyboard into one of the panes on the screen, the first if there is no such one. */
export function enterPane(at: number): void {
  const panes = panesShown();
  const pane = panes[at] ?? panes[0];
  if (pane !== undefined) enter(pane);
}

/** Puts the keyboard into the next (1) or previous (-1) pane on the screen. */
export function walkPanes(step: 1 | -1): void {
  const panes = panesShown();
  const at = paneWithKeyboard();
  const start = at === -1 ? (step === 1 ? -1 : 0) : at;
  for (let i = 1; i <= panes.length; i += 1) {
    const pane = panes[(start + step * i + panes.length * 2) % panes.length];
    if (pane !== undefined && enter(pane)) return;
  }
}

/** Of a screen of the thread this much is turned: the last lines read stay in sight. */
const PAGE = 0.85;

/** Reads on in the thread (1), or back (-1), wherever the keyboard is. */
export function turnPage(step: 1 | -1): void {
  const log = panesShown()
    .map((pane) => pane.querySelector<HTMLElement>("[role='log']"))
    .find((one) => one !== null);
  log?.scrollBy({ top: step * PAGE * log.clientHeight });
}

function enter(pane: HTMLElement): boolean {
  for (const door of DOORS) {
    const place = pane.querySelector<HTMLElement>(door);
    if (place === null) continue;
    place.focus();
    return true;
  }
  return false;
}
