/** What may be done with one message, from its menu and by key alike. */
import type { DialogRow, ThreadItem } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import { copyText } from "../parts/clipboard";
import type { Entry } from "../state/entries";
import { saidLine } from "../state/said";
import { bubbleWords, systemLine } from "../state/words";
import type { Workplace } from "../state/workplace.svelte";

/** The words of a message as they are read; empty if there are none, or none any more. */
export function wordsOf({ kind, text, details }: ThreadItem): string {
  if (details.deleted_at !== undefined) return "";
  switch (kind) {
    case "contacts":
      return text === "" ? "" : saidLine(kind, text);
    case "system":
      return systemLine(text);
    case "contact_request":
      return bubbleWords(kind, text);
    case "text":
    case "note":
    case "file":
    case "place":
    case "sticker":
    case "auto_reply":
    case "keyboard":
      return text;
    case "unknown":
      return "";
  }
}

export async function copyMessage(workplace: Workplace, item: ThreadItem): Promise<void> {
  if (await copyText(wordsOf(item))) workplace.toasts.say(t("common.copied"));
}

export function deleteMessage(workplace: Workplace, row: DialogRow, { seq }: ThreadItem): void {
  if (seq !== null) void workplace.deed(row.id, { deed: "delete_message", seq });
}

/** The newest message of the open dialog that is such a one; earlier dialogs above it do not count. */
export function newest(entries: readonly Entry[], is: (item: ThreadItem) => boolean): ThreadItem | null {
  const found = entries.findLast((one) => one.what === "message" && one.dialog === undefined && is(one.item));
  return found?.what === "message" ? found.item : null;
}
