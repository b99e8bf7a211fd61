/**
 * The operator's place in the workplace while it is covered: which dialog, where in it, and where the keyboard was. The
 * page keeps no words of anybody for this; those are told anew when the cover goes.
 */
import { tick } from "svelte";
import type { DialogId } from "../backend/types";
import type { Held } from "../state/thread.svelte";
import type { Pane, Workplace } from "../state/workplace.svelte";
import { enterPane, paneWithKeyboard } from "../workplace/panes";

/** Kept while the window is covered, and looked at while the workplace is still there. */
export interface Aside {
  dialog: DialogId | null;
  /** Where its thread stood; `null`: at its end. */
  held: Held | null;
  pane: Pane;
  /** The keyboard was in the field where he writes. */
  writing: boolean;
  /** The keyboard was in this pane, by its place among them. */
  paneAt: number;
}

/** How the workplace stands now. What was asked or looked at over it is asked and looked at again by hand. */
export function putAside(workplace: Workplace): Aside {
  const { selected, thread, pane } = workplace;
  const writing = document.activeElement instanceof HTMLTextAreaElement;
  workplace.lookingAt = null;
  workplace.asking = null;
  workplace.askedLink = null;
  return { dialog: selected, held: thread?.held ?? null, pane, writing, paneAt: paneWithKeyboard() };
}

/** Back to where the operator was, and the keyboard with him. */
export function takeUp(workplace: Workplace, { pane, writing, paneAt }: Aside): void {
  workplace.pane = pane;
  if (writing) workplace.composer.fieldWanted = true;
  else void tick().then(() => enterPane(paneAt));
}
