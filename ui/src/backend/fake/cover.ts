/** The cover of the engine in memory: it comes and goes as with the real one, and tries at its code are counted. */
import { Refused } from "../backend";
import type { AppView, CoverCommand, PageAnswer, PageCommand, Receipt } from "../types";

const DONE: Receipt = { message: null, text: null, found: null };

/** That somebody is here is said by the way, and asks for nothing. */
export function isHere(asked: PageCommand): boolean {
  return asked.kind === "app" && asked.command.do === "cover" && asked.command.command.cover === "here";
}

export class FakeCover {
  /** What opens it, if it is asked for. */
  code: string | null = null;
  /** A passphrase is asked for instead. */
  vault = false;
  #wrong = 0;

  /** `show`: puts a screen before the page. */
  constructor(private readonly show: (view: AppView) => void) {}

  answer(): PageAnswer {
    return { kind: "cover", cover: { by: this.#by } };
  }

  get #by() {
    if (this.vault) return "passphrase" as const;
    return this.code === null ? ("press" as const) : ("code" as const);
  }

  command(command: CoverCommand): Receipt {
    switch (command.cover) {
      case "here":
        return DONE;
      case "now":
        this.#cover();
        return DONE;
      case "open":
        this.#ask(command.secret);
        this.#wrong = 0;
        this.show({ screen: "workplace" });
        return DONE;
      case "set_code":
        if (this.code !== null && command.now !== this.code) throw new Refused({ error: "wrong_code" });
        this.code = command.code;
        return DONE;
    }
  }

  #ask(secret: string | null): void {
    if (this.code === null || secret === this.code) return;
    this.#wrong += 1;
    this.#cover();
    throw new Refused({ error: "wrong_code" });
  }

  #cover(): void {
    this.show({ screen: "covered", by: this.#by, wrong: this.#wrong > 0, wait_s: this.#wrong });
  }
}
