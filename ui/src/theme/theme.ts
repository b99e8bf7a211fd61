/** Light or dark, by the operator's choice or the system's. */
import type { Theme } from "../backend/types";

/** What holds until the next choice is known. */
let last: Theme = "auto";

/** Marks the page with the theme to use; the returned function stops following the system. */
export function followTheme(chosen: Theme | undefined): () => void {
  const choice = chosen ?? last;
  last = choice;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const dark = choice === "dark" || (choice === "auto" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  return () => system.removeEventListener("change", apply);
}
