/** What the engine says has happened since its snapshot, put where the page shows it. */
import type { DialogId, DialogRow, Notice, ViewEvent } from "../backend/types";
import { setAhead } from "./clock.svelte";
import { isUntaken } from "./sections";
import type { Workplace } from "./workplace.svelte";

export function applyEvent(workplace: Workplace, event: ViewEvent): void {
  switch (event.event) {
    case "rows":
      return mergeRows(workplace, event.rows);
    case "rows_gone":
      return dropRows(workplace, event.dialogs);
    case "thread":
      if (event.dialog === workplace.selected) workplace.thread?.apply(event.items, event.gone);
      return;
    case "gap_filled":
      if (event.dialog === workplace.selected) void workplace.thread?.gapFilled(event.from, event.to);
      else void workplace.thread?.joinedFilled(event.dialog, event.from, event.to);
      return;
    case "draft_changed":
      return workplace.composer.add(event.dialog, event.added);
    case "typing":
      return setTyping(workplace, event.dialog, event.text);
    case "link":
      if (event.link.link === "down") workplace.past.forget();
      workplace.link = event.link;
      return;
    case "clock":
      return setAhead(event.ahead_ms);
    case "counts":
      workplace.counts = event.counts;
      return;
    case "me":
      return workplace.useProfile(event);
    case "colleagues":
      return workplace.company.take(event);
    case "directory":
      workplace.channels = event.channels;
      workplace.operators = event.operators;
      return;
    case "handbook":
      return workplace.useHandbook(event.handbook);
    case "settings":
      return workplace.useSettings(event.settings);
    case "fetching":
      return workplace.saves.came(event.file, event.got);
    case "muted":
      workplace.mutedUntil = event.until;
      return;
    case "toast":
      return workplace.toasts.tell(event.toast);
    case "notices":
      return takeNotices(workplace, event.notices);
    case "open_dialog":
      return openNamed(workplace, event.dialog);
    case "own_windows":
    case "link_followed":
      workplace.windows.take(event);
      void workplace.composer.open(workplace.windows.writtenHere(workplace.selected));
      return;
  }
}

/** The list follows the open dialog out of those that wait: that it was accepted is told before its row stands in Mine. */
function mergeRows(workplace: Workplace, rows: readonly DialogRow[]): void {
  const before = workplace.row?.section;
  workplace.rows.merge(rows);
  workplace.listing.changed();
  const waited = before !== undefined && isUntaken(before) && workplace.section === before;
  if (waited && workplace.row?.section === "mine") workplace.section = "mine";
  workplace.thread?.setTyping(workplace.row?.typing ?? null);
}

function dropRows(workplace: Workplace, dialogs: readonly DialogId[]): void {
  workplace.rows.remove(dialogs);
  workplace.picks.drop(dialogs);
  workplace.listing.changed();
  if (workplace.selected !== null && dialogs.includes(workplace.selected)) workplace.open(null);
}

function setTyping(workplace: Workplace, dialog: DialogId, text: string | null): void {
  workplace.rows.setTyping(dialog, text);
  workplace.listing.changed();
  if (dialog === workplace.selected) workplace.thread?.setTyping(text);
}

/** What was put aside stays there as long as it is said. */
function takeNotices(workplace: Workplace, notices: readonly Notice[]): void {
  const said = new Set(notices.map((notice) => JSON.stringify(notice)));
  workplace.notices = notices;
  workplace.hiddenNotices = workplace.hiddenNotices.filter((hidden) => said.has(hidden));
}

/** Whoever accepts many at once stays where he is; and a dialog's own window stays with its dialog. */
function openNamed(workplace: Workplace, dialog: DialogId): void {
  const { manyRun, windows } = workplace;
  const ofMany = manyRun.running && manyRun.outcomes.has(dialog);
  if (windows.solo === null && !ofMany) workplace.show(dialog);
}
