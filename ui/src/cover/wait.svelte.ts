/** How long a next try does not count: told once by the engine, counted down here. */
import { formats } from "../i18n/i18n.svelte";
import { clock } from "../state/clock.svelte";

export class Wait {
  #until = $state(0);

  /** `told`: seconds, as the engine told them last. Made while a component is. */
  constructor(told: () => number) {
    $effect.pre(() => {
      const seconds = told();
      this.#until = seconds > 0 ? Date.now() + seconds * 1_000 : 0;
    });
  }

  /** What is left. */
  get seconds(): number {
    return this.#until === 0 ? 0 : Math.max(0, Math.ceil((this.#until - clock()) / 1_000));
  }

  get words(): string {
    return formats().stretch(this.seconds);
  }
}
