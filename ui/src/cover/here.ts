/** Tells the engine that somebody is here: it covers a window that nobody touches. */
import type { Backend } from "../backend/backend";

/** A hand that rests nowhere is told no oftener. */
const EVERY_MS = 5_000;

const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

/** Follows every hand on this window until the returned function is called. The last touch is told as well as the first. */
export function watchHands(backend: Backend): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let again = false;
  const tell = () => {
    again = false;
    timer = setTimeout(() => {
      timer = null;
      if (again) tell();
    }, EVERY_MS);
    void backend
      .command({ kind: "app", command: { do: "cover", command: { cover: "here" } } })
      .catch(() => undefined);
  };
  const touched = () => {
    if (timer === null) tell();
    else again = true;
  };
  const how = { capture: true, passive: true };
  for (const sign of SIGNS) window.addEventListener(sign, touched, how);
  return () => {
    if (timer !== null) clearTimeout(timer);
    for (const sign of SIGNS) window.removeEventListener(sign, touched, how);
  };
}
