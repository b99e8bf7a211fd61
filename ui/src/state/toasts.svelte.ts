/** Short words that go away by themselves. */
import type { DialogId, Toast } from "../backend/types";
import { toastWords } from "./words";

const SHOWN_MS = 6_000;
const MOST = 4;

export interface ShownToast {
  id: number;
  words: string;
  /** The dialog that a click opens. */
  dialog: DialogId | null;
  /** It tells of something that went wrong. */
  trouble: boolean;
}

export class Toasts {
  #shown = $state.raw<readonly ShownToast[]>([]);
  #next = 1;

  get shown(): readonly ShownToast[] {
    return this.#shown;
  }

  say(words: string, options: { dialog?: DialogId; trouble?: boolean } = {}): void {
    const toast = {
      id: this.#next++,
      words,
      dialog: options.dialog ?? null,
      trouble: options.trouble ?? false,
    };
    this.#shown = [...this.#shown, toast].slice(-MOST);
    setTimeout(() => this.hide(toast.id), SHOWN_MS);
  }

  /** What the engine tells. */
  tell(toast: Toast): void {
    const dialog = "dialog" in toast ? toast.dialog : undefined;
    const trouble = ["unsent", "already_accepted", "not_done"].includes(toast.toast);
    this.say(toastWords(toast), { dialog, trouble });
  }

  hide(id: number): void {
    this.#shown = this.#shown.filter((toast) => toast.id !== id);
  }
}
