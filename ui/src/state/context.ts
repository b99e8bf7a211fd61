/** How components reach the workplace they belong to. */
import { createContext } from "svelte";
import type { Workplace } from "./workplace.svelte";

export const [useWorkplace, provideWorkplace] = createContext<Workplace>();
