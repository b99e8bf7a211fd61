/** What each action does, and why it cannot be done now. */
import { tick } from "svelte";
import type { Section, ThreadItem } from "../backend/types";
import { doDeed, whyNoDeed } from "../actions/deeds";
import { copyMessage, deleteMessage, newest, wordsOf } from "../actions/messages";
import { whyNoBots } from "../actions/targets";
import { groupOf, type Action } from "../keys/actions";
import { t } from "../i18n/i18n.svelte";
import { canBeAnswered, canBeTakenBack, quoteOf } from "../state/said";
import { lastEditable } from "../state/unsent";
import { denied } from "../state/words";
import type { Workplace } from "../state/workplace.svelte";

/** What only the page laid out can do. */
export interface Hands {
  toggleCard(): void;
  showCard(): void;
  /** Puts the keyboard into the next or the previous pane. */
  walk(step: 1 | -1): void;
  /** Reads on in the open thread, or back, by about a screen. */
  page(step: 1 | -1): void;
  /** Whether the list is on the screen: in a narrow window it takes turns with the thread. */
  listShown(): boolean;
  /** Puts the keyboard where this selector points. */
  focus(selector: string): void;
}

const SECTION_OF = {
  section_waiting: "waiting",
  section_mine: "mine",
  section_queue: "queue",
  section_offline_requests: "offline_requests",
  section_open: "open",
  section_all: "all",
} as const satisfies Partial<Record<Action, Section>>;

/** What a dialog's own window cannot do: what is about lists, and about the workplace around it. */
function isOfMain(action: Action): boolean {
  const group = groupOf(action);
  return group === "dialogs" || (group === "place" && !HERE.has(action));
}

const HERE: ReadonlySet<Action> = new Set([
  "palette",
  "help",
  "pane_next",
  "pane_previous",
  "cover",
  "reconnect",
]);

/** Why an action cannot be done now; `null` if it can. */
export function whyNot(workplace: Workplace, action: Action): string | null {
  if (workplace.windows.solo !== null && isOfMain(action)) return t("action.why.main");
  // Behind the settings the open dialog is not seen.
  const row = workplace.pane === "settings" ? undefined : workplace.row;
  const noDialog = row === undefined ? t("action.why.no_dialog") : null;
  switch (action) {
    case "accept_oldest":
      return workplace.oldest === undefined ? t("action.why.nobody") : null;
    case "decline":
      return workplace.offers.length === 0 ? t("action.why.no_offer") : null;
    case "transfer":
      return noDialog ?? reason(row?.can.transfer);
    case "section_queue":
      return workplace.handbook.offers ? null : t("action.why.no_queue");
    case "accept":
      return noDialog ?? reason(row?.can.accept);
    case "close":
      return noDialog ?? reason(row?.can.close);
    case "return":
      return noDialog ?? reason(row?.can.transfer);
    case "return_to_bot":
      return noDialog ?? reason(row?.can.transfer) ?? whyNoBots(workplace);
    case "note":
      return noDialog ?? reason(row?.can.note);
    case "write":
    case "emoji":
    case "templates":
    case "link":
      return noDialog ?? reason(workplace.composer.note ? row?.can.note : row?.can.write);
    case "spelling":
      return noDialog ?? whyNoSpelling(workplace);
    case "voice":
    case "attach":
      return noDialog ?? whyNoFiles(workplace);
    case "keep_template":
      return workplace.mayKeepTemplates ? null : t("denied.no_right");
    case "edit_last":
      if (noDialog !== null || workplace.composer.pending !== null) return noDialog;
      return lastEditable(workplace.thread?.entries ?? []) === null ? t("action.why.all_sent") : null;
    case "quote_last":
      return (
        noDialog ??
        reason(row?.can.quote) ??
        (lastSaid(workplace) === null ? t("action.why.no_message") : null)
      );
    case "copy_last":
      return noDialog ?? (lastRead(workplace) === null ? t("action.why.no_message") : null);
    case "delete_last":
      return (
        noDialog ??
        reason(row?.can.delete) ??
        (lastOwn(workplace) === null ? t("action.why.no_own_message") : null)
      );
    case "hold":
    case "about":
    case "customer":
    case "join":
    case "contact":
    case "teleport":
    case "transcript":
    case "invite":
    case "block":
      return row === undefined ? noDialog : (noDialog ?? whyNoDeed(row, action, workplace));
    case "own_window":
      return noDialog ?? workplace.windows.whyNone;
    case "compact":
      return workplace.windows.whyNone;
    case "card":
    case "search_customer":
    case "copy_link":
    case "date":
    case "newest":
    case "thread_up":
    case "thread_down":
      return noDialog;
    case "add_account":
      return workplace.accounts?.full === false ? null : t("accounts.full");
    case "reconnect":
      return workplace.link.link === "down" ? null : t("action.why.connected");
    case "status_online":
    case "status_offline":
      return `status_${workplace.me?.status}` === action ? t("action.why.status") : null;
    case "filter_reset":
      return workplace.listing.plain ? t("action.why.plain") : null;
    case "next":
    case "previous":
    case "next_unread":
    case "section_waiting":
    case "section_mine":
    case "section_offline_requests":
    case "section_open":
    case "section_all":
    case "filter":
    case "search":
    case "palette":
    case "status":
    case "pane_next":
    case "pane_previous":
    case "settings":
    case "mute":
    case "cover":
    case "help":
    case "sign_out":
      return null;
  }
}

function reason(why: Parameters<typeof denied>[0] | null | undefined): string | null {
  return why === null || why === undefined ? null : denied(why);
}

/** The customer's newest message that can be answered. */
function lastSaid({ thread, row }: Workplace): ThreadItem | null {
  if (row === undefined) return null;
  return newest(thread?.entries ?? [], (item) => item.author.by === "customer" && canBeAnswered(item, row));
}

/** The newest message with words, whoever wrote it. */
function lastRead({ thread }: Workplace): ThreadItem | null {
  return newest(thread?.entries ?? [], (item) => wordsOf(item) !== "");
}

/** The newest of the operator's own that can be taken back. */
function lastOwn({ thread, row }: Workplace): ThreadItem | null {
  if (row === undefined) return null;
  return newest(thread?.entries ?? [], (item) => canBeTakenBack(item, row));
}

function whyNoSpelling({ settings, composer: { spelling } }: Workplace): string | null {
  if (settings?.spelling !== true) return t("spelling.why.off");
  if (spelling.byView) return t("spelling.why.view");
  return spelling.words.length === 0 ? t("spelling.why.right") : null;
}

/** Why no files can be chosen for the open dialog; `null` if they can. */
export function whyNoFiles(workplace: Workplace): string | null {
  const row = workplace.row;
  if (workplace.composer.note) return t("tray.why.note");
  return reason(row?.can.write) ?? reason(row?.can.send_file);
}

/** Does it, if it can be done. Nothing is sent or closed while its dialog is not on the screen. */
export function perform(workplace: Workplace, hands: Hands, action: Action): void {
  const why = whyNot(workplace, action);
  if (why !== null) return workplace.toasts.say(why);
  const row = workplace.row;
  switch (action) {
    case "accept_oldest":
      return void workplace.acceptOldest();
    case "next":
      return workplace.step(1);
    case "previous":
      return workplace.step(-1);
    case "next_unread":
      return workplace.nextUnread();
    case "decline":
      return void workplace.decline();
    case "section_waiting":
    case "section_mine":
    case "section_queue":
    case "section_offline_requests":
    case "section_open":
    case "section_all":
      workplace.pane = "dialogs";
      workplace.section = SECTION_OF[action];
      return;
    case "filter":
      workplace.pane = "dialogs";
      if (!hands.listShown()) workplace.open(null);
      workplace.over = "filter";
      return;
    case "filter_reset":
      return workplace.listing.reset();
    case "search":
      workplace.pane = "search";
      return void tick().then(() => {
        // In a narrow window the thread gives its place to the hits.
        if (!hands.listShown()) workplace.open(null);
        hands.focus("[role='search'] input");
      });
    case "accept":
      return row === undefined ? undefined : void workplace.accept(row.id);
    case "transfer":
      if (row !== undefined) workplace.asking = { question: "transfer", dialog: row.id };
      return;
    case "close":
      return row === undefined ? undefined : void workplace.close(row);
    case "return":
      return row === undefined ? undefined : void workplace.giveBack(row.id);
    case "hold":
    case "return_to_bot":
    case "about":
    case "customer":
    case "join":
    case "contact":
    case "teleport":
    case "transcript":
    case "invite":
    case "block":
      return row === undefined ? undefined : doDeed(workplace, row, action);
    case "own_window":
      return row === undefined ? undefined : void workplace.windows.show(row.id);
    case "copy_link":
      return row === undefined ? undefined : void workplace.windows.copyLink(row.id);
    case "mute":
      return void workplace.mute(workplace.mutedUntil === null);
    case "compact":
      return void workplace.windows.toggleCompact();
    case "card":
      return hands.toggleCard();
    case "search_customer":
      hands.showCard();
      return hands.focus("[data-find-in-card]");
    case "newest":
      return workplace.thread?.newer === true
        ? void workplace.thread.openNewest()
        : workplace.thread?.goTo(null);
    case "thread_up":
      return hands.page(-1);
    case "thread_down":
      return hands.page(1);
    case "quote_last": {
      const said = lastSaid(workplace);
      return said === null ? undefined : workplace.composer.answer(quoteOf(said));
    }
    case "copy_last": {
      const read = lastRead(workplace);
      return read === null ? undefined : void copyMessage(workplace, read);
    }
    case "delete_last": {
      const own = lastOwn(workplace);
      return own === null || row === undefined ? undefined : deleteMessage(workplace, row, own);
    }
    case "write":
      workplace.composer.fieldWanted = true;
      return;
    case "note":
      workplace.composer.setNote(!workplace.composer.note);
      workplace.composer.fieldWanted = true;
      return;
    case "templates":
      workplace.composer.templatesWanted = true;
      return;
    case "spelling":
      workplace.composer.spelling.typedAt = null;
      workplace.composer.spelling.wanted = true;
      return;
    case "voice":
      workplace.composer.voiceWanted = true;
      return;
    case "attach":
      workplace.composer.filesWanted = true;
      return;
    case "keep_template":
      return workplace.keepTemplate(row === undefined ? "" : workplace.composer.text.trim());
    case "edit_last":
      return void workplace.editLast();
    case "palette":
    case "help":
    case "date":
    case "emoji":
    case "link":
    case "sign_out":
      workplace.over = action;
      return;
    case "status":
      workplace.pane = workplace.pane === "settings" ? "dialogs" : workplace.pane;
      if (!hands.listShown()) workplace.open(null);
      workplace.over = "status";
      return;
    case "status_online":
      return void workplace.duty.chooseKind("online");
    case "status_offline":
      return void workplace.duty.chooseKind("offline");
    case "pane_next":
      return hands.walk(1);
    case "pane_previous":
      return hands.walk(-1);
    case "settings":
      return workplace.showSettings();
    case "cover":
      return void workplace.app({ do: "cover", command: { cover: "now" } });
    case "add_account":
      return void workplace.accounts?.add();
    case "reconnect":
      return void workplace.do({ do: "reconnect" });
  }
}
