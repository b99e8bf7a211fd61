/** Codes of the engine turned into the interface's words. */
import type {
  Denied,
  DialogRow,
  FileTrouble,
  HeldReason,
  MessageKind,
  Notice,
  Refusal,
  RowTone,
  SettingsFileTrouble,
  SignInError,
  ThreadItem,
  Toast,
  UiError,
} from "../backend/types";
import { formats, n, t } from "../i18n/i18n.svelte";
import { plainName } from "../text/chars";
import { saidLine } from "./said";

/** How a customer is called. */
export function customerName(customer: { name: string | null; customer_number: number }): string {
  const name = customer.name === null ? "" : plainName(customer.name).trim();
  return name === "" ? t("customer.unnamed", { number: customer.customer_number }) : name;
}

export function denied(why: Denied): string {
  return t(`denied.${why}`);
}

export function refusal(why: Refusal): string {
  switch (why.code) {
    case "already_accepted":
      return t("refusal.already_accepted", { by: plainName(why.by) });
    case "not_your_dialog":
      return why.owner === null
        ? t("refusal.not_your_dialog.nobody")
        : t("refusal.not_your_dialog", { owner: plainName(why.owner) });
    case "too_long":
      return t("refusal.too_long", { max: formats().number(why.max) });
    case "too_many":
      return t("refusal.too_many", { max: formats().number(why.max) });
    case "same_person":
    case "regrouped":
    case "dialog_closed":
    case "not_found":
    case "forbidden":
    case "empty":
    case "target_unavailable":
    case "limit_reached":
    case "wrong_status":
    case "category_required":
    case "no_such_key":
    case "channel_cannot":
    case "window_closed":
    case "not_on_site":
    case "bad_address":
    case "address_not_allowed":
    case "not_your_message":
    case "too_late":
    case "customer_blocked":
    case "wrong_state":
    case "conflict":
    case "dialog_open":
    case "file_unusable":
    case "no_mailbox":
    case "contact_field":
    case "queue_full":
    case "unsupported":
    case "unknown":
      return t(`refusal.${why.code}`);
  }
}

/** Why a file cannot be sent or saved. */
export function fileTrouble(why: FileTrouble): string {
  switch (why.file) {
    case "too_large":
      return t("file.trouble.too_large", { size: formats().size(why.most_bytes) });
    case "too_many":
      return n("file.trouble.too_many", why.most);
    case "empty":
    case "media":
    case "forbidden":
    case "lost":
    case "dangerous":
      return t(`file.trouble.${why.file}`);
  }
}

/** Why a file of settings was not taken. */
function settingsFile(why: SettingsFileTrouble): string {
  switch (why.wrong) {
    case "unknown":
    case "value":
    case "sound":
      return t(`settings_file.${why.wrong}`, { name: why.name });
    case "not_one":
    case "newer":
      return t(`settings_file.${why.wrong}`);
  }
}

export function failure(error: UiError): string {
  switch (error.error) {
    case "file":
      return fileTrouble(error.why);
    case "disk":
      return t(`error.disk.${error.fault}`);
    case "too_long":
      return t("error.too_long", { max: formats().number(error.max), chars: formats().number(error.chars) });
    case "denied":
      return t("error.denied", { reason: denied(error.why) });
    case "refused":
      return t("error.refused", { reason: refusal(error.reason) });
    case "settings_file":
      return settingsFile(error.why);
    case "empty":
    case "set_by_administrator":
    case "no_connection":
    case "not_found":
    case "too_late":
    case "wrong_code":
    case "not_playable":
    case "too_much":
    case "malformed":
    case "not_ready":
      return t(`error.${error.error}`);
  }
}

/** Whole minutes from one minute on: whoever comes back after what is said must not be too early. */
function roundUp(seconds: number): number {
  return seconds < 60 ? seconds : Math.ceil(seconds / 60) * 60;
}

export function signInError(error: SignInError): string {
  switch (error.code) {
    case "too_many_tries":
      return t("signin.too_many_tries", { time: formats().stretch(roundUp(error.retry_after_s)) });
    case "bad_address":
    case "not_allowed":
    case "not_encrypted":
    case "unknown_host":
    case "unreachable":
    case "certificate":
    case "not_a_hub":
    case "wrong_password":
    case "hub_too_old":
    case "hub_too_new":
    case "session_ended":
    case "unavailable":
      return t(`signin.${error.code}`);
  }
}

/** What stands in the way, in words that say what was kept. */
export function noticeWords(notice: Notice): string {
  switch (notice.notice) {
    case "disk":
      return t(`notice.disk.${notice.fault}`);
    case "own_salvaged": {
      const messages = n("notice.salvaged.messages", notice.messages);
      const drafts = n("notice.salvaged.drafts", notice.drafts);
      const parts = [t("notice.salvaged", { messages, drafts })];
      if (notice.lost > 0) parts.push(n("notice.salvaged.lost", notice.lost));
      if (notice.incomplete) parts.push(t("notice.salvaged.incomplete"));
      if (notice.kept !== null) parts.push(t("notice.salvaged.kept", { path: notice.kept }));
      return parts.join(" ");
    }
    case "hub_too_old":
    case "hub_too_new":
    case "certificate":
    case "cache_rebuilt":
      return t(`notice.${notice.notice}`);
  }
}

export function held(reason: HeldReason, writtenAt: number, now: number): string {
  switch (reason.why) {
    case "too_old":
      return t("send.held.too_old", { time: formats().stretch((now - writtenAt) / 1_000) });
    case "not_mine":
      return reason.owner === null
        ? t("send.held.not_mine.nobody")
        : t("send.held.not_mine", { name: plainName(reason.owner) });
    case "gone":
      return t("send.held.gone");
    case "from_copy":
      return t("send.held.from_copy");
  }
}

/** A line of the hub: a code, then a name if somebody is concerned. */
export function systemLine(text: string): string {
  const [code = "", ...rest] = text.split(" ");
  const name = plainName(rest.join(" ")).trim();
  switch (code) {
    case "accepted":
    case "transferred":
      return name === "" ? t(`system.${code}.nobody`) : t(`system.${code}`, { name });
    case "returned":
    case "closed":
      return name === "" ? t(`system.${code}`) : t(`system.${code}.by`, { name });
    case "reopened":
      return name === "" ? t("system.reopened") : t("system.reopened.by", { name });
    case "assigned":
    case "transferred_department":
    case "transferred_team":
    case "given_to_bot":
    case "invited":
    case "closed_untaken":
    case "offered":
    case "waits_for":
    case "declined":
    case "offer_expired":
    case "went_offline":
    case "session_lost":
    case "silent":
    case "held":
    case "blocked":
    case "customer_edited":
    case "sent_to":
      return t(`system.${code}`, { name });
    case "closed_by_customer":
    case "closed_by_bot":
    case "closed_no_answer":
    case "closed_inactive":
    case "closed_operator_removed":
    case "finished":
    case "bot_gave_up":
    case "unheld":
    case "left_site":
    case "came_back":
    case "counts_as_offline":
      return t(`system.${code}`);
    default:
      return t("thread.unknown");
  }
}

/** How a row looks: its tone, or what of its state is more than that. */
export type Stance = RowTone | "hold" | "bot" | "offered";

export function stanceOf(row: DialogRow): Stance {
  if (row.state === "hold" || row.state === "bot") return row.state;
  return row.state === "offered" && row.tone === "waiting" ? "offered" : row.tone;
}

/** Where a dialog stands, in a word. */
export function toneWord(row: DialogRow): string {
  const stance = stanceOf(row);
  if (stance === "hold" || stance === "offered") return t(`tone.${stance}`);
  if (stance === "bot") return t("tone.bot");
  if (row.tone !== "others") return t(`tone.${row.tone}`);
  return row.assignee === null
    ? t("tone.others.unknown")
    : t("tone.others", { name: plainName(row.assignee) });
}

/** The line under a name. */
export function previewLine(row: DialogRow): string {
  const last = row.last;
  if (last === null) return t("row.nothing");
  switch (last.kind) {
    case "system":
      return systemLine(last.text);
    case "note":
      return t("row.note", { text: last.text });
    case "file":
    case "contacts":
    case "place":
    case "sticker":
      return saidLine(last.kind, last.text);
    case "text":
    case "auto_reply":
    case "contact_request":
    case "keyboard": {
      const text = bubbleWords(last.kind, last.text);
      if (text === "") return t("message.gone");
      return row.last_mine ? t("row.you", { text }) : text;
    }
    case "unknown":
      return t("row.unknown");
  }
}

/** What a message says: of a request for contacts the hub keeps no words, unless there are some. */
export function bubbleWords(kind: MessageKind, text: string): string {
  return kind === "contact_request" && text === "" ? t("message.contact_request") : text;
}

/** Who wrote a message, as the thread says it. */
export function authorName(item: ThreadItem, customer: string): string {
  if (item.mine) return t("thread.you");
  switch (item.author.by) {
    case "operator":
    case "bot":
      return plainName(item.author.name);
    case "customer":
      return customer;
    case "system":
      return item.kind === "auto_reply" ? t("thread.automatic") : "";
    case "unknown":
      return "";
  }
}

export function toastWords(toast: Toast): string {
  switch (toast.toast) {
    case "unsent":
      return t("toast.unsent");
    case "link_leads_nowhere":
      return t("toast.link_nowhere");
    case "not_done":
      return failure(toast.why);
    case "noted":
      return t("toast.noted", { by: plainName(toast.by), text: toast.text });
    case "status_changed":
      return t("toast.status", { status: t(`status.${toast.status}`) });
    case "queue_long":
      return n("toast.queue", toast.waiting);
    default:
      return aboutCustomer(toast);
  }
}

type Impersonal = "unsent" | "link_leads_nowhere" | "not_done" | "noted" | "status_changed" | "queue_long";

function aboutCustomer(toast: Exclude<Toast, { toast: Impersonal }>): string {
  const name = customerName({ name: toast.name, customer_number: toast.number });
  switch (toast.toast) {
    case "already_accepted":
      return t("toast.already_accepted", { by: plainName(toast.by), name });
    case "message":
      return `${name}: ${saidLine(toast.kind, toast.text)}`;
    case "offered":
      return t("toast.offered", { name });
    case "offer_ended":
      return toast.end.end === "taken"
        ? t("toast.offer_ended.taken", { name, to: plainName(toast.end.to) })
        : t(`toast.offer_ended.${toast.end.end}`, { name });
    case "dialog_left":
      return leftWords(toast.reason, toast.to, name);
    case "low_rating":
      return t("toast.rated", { name, stars: toast.stars });
  }
}

function leftWords(
  reason: "accepted" | "transferred" | "closed" | "erased" | "hidden",
  to: string | null,
  name: string,
): string {
  if (reason === "erased") return t("toast.left.closed", { name });
  if (reason === "closed" || reason === "hidden") return t(`toast.left.${reason}`, { name });
  if (to === null) return t("toast.left.transferred.nobody", { name });
  return t(`toast.left.${reason}`, { name, to: plainName(to) });
}
