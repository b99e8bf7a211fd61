/** What a pressed key asks for, in any window. */
import type { Workplace } from "../state/workplace.svelte";
import { perform, type Hands } from "./perform";

export function pressed(workplace: Workplace, hands: Hands, event: KeyboardEvent, back: () => void): void {
  // An open question has the keyboard for itself.
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]") !== null) return;
  const target = event.target;
  const typing =
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && target.type !== "radio" && target.type !== "checkbox");
  const wanted = workplace.keys.wanted(event, typing);
  if (wanted === null) return;
  event.preventDefault();
  if (wanted === "back") back();
  else perform(workplace, hands, wanted);
}

/** One step back from an answer: what it answers is let go, its words stay. False if it answers nothing. */
export function dropQuote({ composer }: Workplace): boolean {
  if (composer.quote === null) return false;
  composer.answer(null);
  return true;
}

/** Nothing that is dropped on the page is opened by it. */
export function refuseDrop(event: DragEvent): void {
  if (!(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
}
