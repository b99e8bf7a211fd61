/**
 * The engine over the dev socket: one WebSocket to the host that served the page, with one account before it. It knows
 * frames, numbering and reconnecting, nothing of what is said.
 */
import { asRefused, Refused, type Backend, type Engine, type FileOwner, type FileView } from "./backend";
import type { PageAnswer, PageCommand, PageQuery, Push, Receipt, SeatId, SeatsView, UiError } from "./types";

type Ask =
  | { seats: Record<string, never> }
  | { seat: SeatId; subscribe: Record<string, never> }
  | { seat: SeatId; command: PageCommand }
  | { seat: SeatId; query: PageQuery };
type Frame =
  | { seat: SeatId; push: Push }
  | { seats: SeatsView }
  | { id: number; ok: unknown }
  | { id: number; error: UiError };
interface Pending {
  resolve: (ok: unknown) => void;
  reject: (why: Refused) => void;
  /** What is asked again on the next wire under the same name, so that it happens once. */
  again: string | null;
}

/** The account before the page. */
interface Shown {
  seat: SeatId;
  onPush: (push: Push) => void;
  onLost: (() => void) | undefined;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** More than this the engine does not take at once (`MAX_CALL_BYTES` of the engine's socket). */
export const MAX_CALL_BYTES = 512 * 1024;

/** Where the engine answers, for a page that was served from `origin`. */
export function socketAddress(origin: { protocol: string; host: string }): string {
  return `${origin.protocol === "https:" ? "wss" : "ws"}://${origin.host}/page`;
}

export class SocketEngine implements Engine {
  #socket: WebSocket | null = null;
  #opened: Promise<WebSocket> | null = null;
  #next = 1;
  #pending = new Map<number, Pending>();
  #onSeats: ((view: SeatsView) => void) | null = null;
  #shown: Shown | null = null;
  #pause = FIRST_PAUSE_MS;
  #retry: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly address: string) {}

  async watch(onSeats: (view: SeatsView) => void): Promise<() => void> {
    this.#onSeats = onSeats;
    await this.#try({ seats: {} });
    return () => {
      this.#onSeats = null;
      this.#closeUnheard();
    };
  }

  at(seat: SeatId): Backend {
    return new SocketBackend(this, seat);
  }

  /** Delivers an account's pushes, and no other's from now on. */
  async show(shown: Shown): Promise<() => void> {
    this.#shown = shown;
    await this.#try({ seat: shown.seat, subscribe: {} });
    return () => {
      // Another one may be shown already.
      if (this.#shown === shown) this.#shown = null;
      this.#closeUnheard();
    };
  }

  #closeUnheard(): void {
    if (this.#onSeats === null && this.#shown === null) this.#socket?.close();
  }

  async #try(...asked: Ask[]): Promise<void> {
    try {
      for (const ask of asked) await this.ask(ask);
      this.#pause = FIRST_PAUSE_MS;
    } catch {
      this.#later();
    }
  }

  #resubscribe(): Promise<void> {
    const shown: Ask[] = this.#shown === null ? [] : [{ seat: this.#shown.seat, subscribe: {} }];
    return this.#try(...(this.#onSeats === null ? [] : [{ seats: {} }]), ...shown);
  }

  /** `once`: if the wire breaks before the answer it is asked again, and the engine knows it by its name. */
  async ask(ask: Ask, once = false): Promise<unknown> {
    const id = this.#next++;
    const call = JSON.stringify({ id, ...(once ? { once: crypto.randomUUID() } : {}), ...ask });
    // Here, where nothing has gone yet: what was written stays as it is.
    if (bytesOf(call) > MAX_CALL_BYTES) throw new Refused({ error: "too_much" });
    const socket = await this.#open();
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, again: once ? call : null });
      socket.send(call);
    });
  }

  #open(): Promise<WebSocket> {
    this.#opened ??= new Promise((resolve, reject) => {
      const socket = new WebSocket(this.address);
      socket.onopen = () => {
        this.#socket = socket;
        // First of all, so that nothing asked later overtakes it.
        for (const { again } of this.#pending.values()) if (again !== null) socket.send(again);
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
      if (frame.seat === this.#shown?.seat) this.#shown.onPush(frame.push);
      return;
    }
    if ("seats" in frame) return this.#onSeats?.(frame.seats);
    const pending = this.#pending.get(frame.id);
    this.#pending.delete(frame.id);
    if ("error" in frame) pending?.reject(new Refused(frame.error));
    else pending?.resolve(frame.ok);
  }

  /**
   * What was asked and not answered may or may not have happened; the snapshot after the reconnect tells. What must not
   * happen twice waits for the next wire.
   */
  #broke(): void {
    this.#socket = null;
    this.#opened = null;
    for (const [id, { reject, again }] of [...this.#pending]) {
      if (again !== null && this.#heard) continue;
      this.#pending.delete(id);
      reject(asRefused(null));
    }
    this.#shown?.onLost?.();
    this.#later();
  }

  /** Somebody waits for what the engine says: a broken wire is laid anew. */
  get #heard(): boolean {
    return this.#onSeats !== null || this.#shown !== null;
  }

  #later(): void {
    if (!this.#heard || this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#resubscribe();
    }, this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }
}

class SocketBackend implements Backend {
  readonly kind = "socket";

  constructor(
    private readonly engine: SocketEngine,
    private readonly seat: SeatId,
  ) {}

  async subscribe(onPush: (push: Push) => void, onLost?: () => void): Promise<() => void> {
    return this.engine.show({ seat: this.seat, onPush, onLost });
  }

  async command(command: PageCommand): Promise<Receipt> {
    return (await this.engine.ask({ seat: this.seat, command }, isWords(command))) as Receipt;
  }

  async query(query: PageQuery): Promise<PageAnswer> {
    return (await this.engine.ask({ seat: this.seat, query })) as PageAnswer;
  }

  fileAddress(whose: FileOwner, id: string, what: FileView): string {
    return `/files/${this.seat}/${whose}/${id}/${what}`;
  }
}

/** What goes into the queue of messages: done twice it would be said twice. */
function isWords(asked: PageCommand): boolean {
  if (asked.kind !== "session") return false;
  switch (asked.command.do) {
    case "send_text":
    case "send_note":
    case "send_files":
    case "reply":
    case "leave_note":
      return true;
    default:
      return false;
  }
}

/** How long a call is on the wire. Counted only where it may matter. */
function bytesOf(call: string): number {
  return call.length * 3 <= MAX_CALL_BYTES ? call.length : new TextEncoder().encode(call).length;
}
