/** Codes of the engine turned into the interface's words. */
import type {
  Denied,
  DialogRow,
  HeldReason,
  Notice,
  Refusal,
  SignInError,
  ThreadItem,
  Toast,
  UiError,
} from "../backend/types";
import { formats, n, t } from "../i18n/i18n.svelte";
import { plainName } from "../text/chars";

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
    case "dialog_closed":
    case "not_found":
    case "forbidden":
    case "empty":
    case "target_unavailable":
    case "unsupported":
    case "unknown":
      return t(`refusal.${why.code}`);
  }
}

export function failure(error: UiError): string {
  switch (error.error) {
    case "disk":
      return t(`error.disk.${error.fault}`);
    case "too_long":
      return t("error.too_long", { max: formats().number(error.max), chars: formats().number(error.chars) });
    case "denied":
      return t("error.denied", { reason: denied(error.why) });
    case "refused":
      return t("error.refused", { reason: refusal(error.reason) });
    case "empty":
    case "no_connection":
    case "not_found":
    case "too_late":
    case "malformed":
    case "not_ready":
      return t(`error.${error.error}`);
  }
}

export function signInError(error: SignInError): string {
  switch (error.code) {
    case "too_many_tries":
      return t("signin.too_many_tries", { time: formats().stretch(error.retry_after_s) });
    case "bad_address":
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
      if (notice.incomplete) parts.push(t("notice.salvaged.incomplete"));
      if (notice.kept !== null) parts.push(t("notice.salvaged.kept", { path: notice.kept }));
      return parts.join(" ");
    }
    case "sign_in":
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
      return t("system.reopened");
    default:
      return t("thread.unknown");
  }
}

/** Where a dialog stands, in a word. */
export function toneWord(row: DialogRow): string {
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
    case "text":
      return row.last_mine ? t("row.you", { text: last.text }) : last.text;
    case "unknown":
      return t("row.unknown");
  }
}

/** Who wrote a message, as the thread says it. */
export function authorName(item: ThreadItem, customer: string): string {
  if (item.mine) return t("thread.you");
  switch (item.author.by) {
    case "operator":
      return plainName(item.author.name);
    case "customer":
      return customer;
    case "system":
    case "unknown":
      return "";
  }
}

export function toastWords(toast: Toast): string {
  if (toast.toast === "unsent") return t("toast.unsent");
  const name = customerName({ name: toast.name, customer_number: toast.number });
  switch (toast.toast) {
    case "already_accepted":
      return t("toast.already_accepted", { by: plainName(toast.by), name });
    case "message":
      return `${name}: ${toast.text}`;
    case "offered":
      return t("toast.offered", { name });
    case "dialog_left":
      return leftWords(toast.reason, toast.to, name);
  }
}

function leftWords(
  reason: "accepted" | "transferred" | "closed" | "hidden",
  to: string | null,
  name: string,
): string {
  if (reason === "closed" || reason === "hidden") return t(`toast.left.${reason}`, { name });
  if (to === null) return t("toast.left.transferred.nobody", { name });
  return t(`toast.left.${reason}`, { name, to: plainName(to) });
}
