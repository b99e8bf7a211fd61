/** What the window tells: focus for the engine where it cannot know by itself, and the last chance to keep a draft. */
import { untrack } from "svelte";
import type { Workplace } from "./workplace.svelte";

export function watchWindow(workplace: Workplace): () => void {
  const tell = () => {
    if (document.hidden || !document.hasFocus()) workplace.composer.leave();
    if (workplace.backend.kind !== "socket") return;
    const command = { do: "window", focused: document.hasFocus(), hidden: document.hidden } as const;
    void workplace.backend.command({ kind: "app", command }).catch(() => undefined);
  };
  const leave = () => {
    void workplace.composer.flush();
    workplace.composer.leave();
  };
  // The engine knows nothing of this window yet when a screen is pushed, be it the first or one after a lost socket.
  if (workplace.view.screen !== "starting") untrack(tell);
  window.addEventListener("focus", tell);
  window.addEventListener("blur", tell);
  document.addEventListener("visibilitychange", tell);
  window.addEventListener("pagehide", leave);
  return () => {
    window.removeEventListener("focus", tell);
    window.removeEventListener("blur", tell);
    document.removeEventListener("visibilitychange", tell);
    window.removeEventListener("pagehide", leave);
  };
}
