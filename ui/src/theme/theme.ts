/** Light or dark, by the operator's choice or the system's. */
import type { Theme } from "../backend/types";

/** Marks the page with the theme to use; the returned function stops following the system. */
export function followTheme(choice: Theme): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const dark = choice === "dark" || (choice === "auto" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  return () => system.removeEventListener("change", apply);
}
