/** What else may be done with the open dialog: the same from its menu, from the palette and by key. */
import type { Denied, DialogRow, Handbook, LinkView, Right } from "../backend/types";
import { t } from "../i18n/i18n.svelte";
import { isSeveral } from "../state/persons";
import { denied } from "../state/words";
import type { Workplace } from "../state/workplace.svelte";
import type { Question } from "./asking";

export type DialogDeed =
  | "hold"
  | "return_to_bot"
  | "about"
  | "customer"
  | "join"
  | "contact"
  | "teleport"
  | "transcript"
  | "invite"
  | "block";

/** What a deed depends on beside its dialog. */
export interface Around {
  link: Pick<LinkView, "link">;
  handbook: Pick<Handbook, "teleport">;
  may(right: Right): boolean;
}

/** Why it cannot be done now; `null` if it can. */
export function whyNoDeed(row: DialogRow, deed: DialogDeed, around: Around): string | null {
  const offline = around.link.link === "live" ? null : t("denied.offline");
  const without = (right: Right) => (around.may(right) ? null : t("denied.no_right"));
  switch (deed) {
    case "hold":
      return reason(row.can.hold) ?? (row.section === "mine" ? null : t("denied.not_accepted"));
    case "return_to_bot":
      return reason(row.can.transfer);
    case "about":
      return reason(row.can.sort);
    case "contact":
      // A file waits for a connection; a question to the customer does not.
      return (
        offline ?? reason(row.can.contacts) ?? (row.section === "mine" ? null : t("denied.not_accepted"))
      );
    case "teleport":
      // Never queued: whoever comes back is where he wants to be.
      if (offline !== null) return offline;
      if (around.handbook.teleport.length === 0) return t("teleport.off");
      return reason(row.can.teleport) ?? (row.section === "mine" ? null : t("denied.not_accepted"));
    case "invite":
      // One who is several may be free to be written to elsewhere.
      if (row.state !== "closed" && !isSeveral(row)) return t("action.why.not_over");
      return offline ?? without("invite");
    case "block":
      return reason(row.can.block);
    case "customer":
    // Whoever may not join looks for nobody; that a connection is missing is said where it is looked.
    case "join":
      return without("edit_customer");
    case "transcript":
      return offline ?? without("transcript");
  }
}

/** Does it, or asks first. What is held is taken up again, who is blocked may write again. */
export function doDeed(workplace: Workplace, row: DialogRow, deed: DialogDeed): void {
  switch (deed) {
    case "hold":
      return row.hold === null
        ? ask(workplace, row, "hold")
        : void workplace.deed(row.id, { deed: "unhold" });
    case "block":
      return row.particulars.block === null
        ? ask(workplace, row, "block")
        : void workplace.deed(row.id, { deed: "unblock" });
    case "contact":
      return void workplace.deed(row.id, { deed: "request_contact" });
    case "transcript":
      return void transcript(workplace, row);
    case "return_to_bot":
    case "about":
    case "customer":
    case "join":
    case "teleport":
    case "invite":
      return ask(workplace, row, deed);
  }
}

function ask(workplace: Workplace, row: DialogRow, question: Question): void {
  workplace.asking = { question, dialog: row.id };
}

async function transcript(workplace: Workplace, row: DialogRow): Promise<void> {
  if (await workplace.deed(row.id, { deed: "send_transcript" }))
    workplace.toasts.say(t("menu.transcript.done"));
}

function reason(why: Denied | null): string | null {
  return why === null ? null : denied(why);
}
