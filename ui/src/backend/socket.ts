/**
 * The engine over the dev socket: one WebSocket to the host that served the page. It knows frames, numbering and
 * reconnecting, nothing of what is said.
 */
import { asRefused, Refused, type Backend, type FileOwner, type FileView } from "./backend";
import type { PageAnswer, PageCommand, PageQuery, Push, Receipt, UiError } from "./types";

type Ask = { subscribe: Record<string, never> } | { command: PageCommand } | { query: PageQuery };
type Frame = { push: Push } | { id: number; ok: unknown } | { id: number; error: UiError };
type Pending = { resolve: (ok: unknown) => void; reject: (why: Refused) => void };

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** Where the engine answers, for a page that was served from `origin`. */
export function socketAddress(origin: { protocol: string; host: string }): string {
  return `${origin.protocol === "https:" ? "wss" : "ws"}://${origin.host}/page`;
}

export class SocketBackend implements Backend {
  readonly kind = "socket";
  #socket: WebSocket | null = null;
  #opened: Promise<WebSocket> | null = null;
  #next = 1;
  #pending = new Map<number, Pending>();
  #onPush: ((push: Push) => void) | null = null;
  #onLost: (() => void) | null = null;
  #pause = FIRST_PAUSE_MS;
  #retry: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly address: string) {}

  async subscribe(onPush: (push: Push) => void, onLost?: () => void): Promise<() => void> {
    this.#onPush = onPush;
    this.#onLost = onLost ?? null;
    await this.#resubscribe();
    return () => {
      this.#onPush = null;
      this.#onLost = null;
      this.#socket?.close();
    };
  }

  async command(command: PageCommand): Promise<Receipt> {
    return (await this.#ask({ command })) as Receipt;
  }

  async query(query: PageQuery): Promise<PageAnswer> {
    return (await this.#ask({ query })) as PageAnswer;
  }

  fileAddress(whose: FileOwner, id: string, what: FileView): string {
    return `/files/${whose}/${id}/${what}`;
  }

  async #resubscribe(): Promise<void> {
    try {
      await this.#ask({ subscribe: {} });
      this.#pause = FIRST_PAUSE_MS;
    } catch {
      this.#later();
    }
  }

  async #ask(ask: Ask): Promise<unknown> {
    const socket = await this.#open();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, ...ask }));
    });
  }

  #open(): Promise<WebSocket> {
    this.#opened ??= new Promise((resolve, reject) => {
      const socket = new WebSocket(this.address);
      socket.onopen = () => {
        this.#socket = socket;
        resolve(socket);
      };
      socket.onmessage = (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as Frame);
      socket.onclose = () => {
        reject(asRefused(null));
        this.#broke();
      };
    });
    return this.#opened;
  }

  #take(frame: Frame): void {
    if ("push" in frame) {
      this.#onPush?.(frame.push);
      return;
    }
    const pending = this.#pending.get(frame.id);
    this.#pending.delete(frame.id);
    if ("error" in frame) pending?.reject(new Refused(frame.error));
    else pending?.resolve(frame.ok);
  }

  /** What was asked and not answered may or may not have happened; the snapshot after the reconnect tells. */
  #broke(): void {
    this.#socket = null;
    this.#opened = null;
    const unanswered = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of unanswered) pending.reject(asRefused(null));
    this.#onLost?.();
    this.#later();
  }

  #later(): void {
    if (this.#onPush === null || this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#resubscribe();
    }, this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }
}
