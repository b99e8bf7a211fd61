/** The questions that an action asks before it is done. */
import type { DialogId } from "../backend/types";

export type Question =
  | "transfer"
  | "return_to_bot"
  | "hold"
  | "teleport"
  | "about"
  | "close"
  | "block"
  | "customer"
  | "join"
  | "invite"
  | "edit_message";

/** What is asked, and about which dialog. */
export interface Asking {
  question: Question;
  dialog: DialogId;
  /** The number of the message concerned. */
  seq?: number;
}
