/** The engine inside the same application, over tauri's bridge. */
import { Channel, convertFileSrc, invoke } from "@tauri-apps/api/core";
import { asRefused, type Backend, type Engine, type FileOwner, type FileView } from "./backend";
import { Inbox } from "./inbox";
import type { PageAnswer, PageCommand, PageQuery, Push, Receipt, SeatId, SeatsView } from "./types";

/** The scheme of files in the application's window. */
const FILES = "otklik-file";

/** Whether this page runs in the application's window. */
export function inTauri(): boolean {
  return "__TAURI_INTERNALS__" in window;
}

export class TauriEngine implements Engine {
  async watch(onSeats: (view: SeatsView) => void): Promise<() => void> {
    const channel = new Channel<SeatsView>();
    channel.onmessage = onSeats;
    await invoke("watch_seats", { channel });
    return () => {
      channel.onmessage = () => undefined;
    };
  }

  at(seat: SeatId): Backend {
    return new TauriBackend(seat);
  }
}

class TauriBackend implements Backend {
  readonly kind = "tauri";

  constructor(private readonly seat: SeatId) {}

  async subscribe(onPush: (push: Push) => void): Promise<() => void> {
    const channel = new Channel<Push>();
    const inbox = new Inbox(onPush);
    channel.onmessage = (push) => inbox.take(push);
    await invoke("subscribe", { seat: this.seat, channel });
    return () => {
      channel.onmessage = () => undefined;
    };
  }

  async command(command: PageCommand): Promise<Receipt> {
    return call<Receipt>("command", { seat: this.seat, command });
  }

  async query(query: PageQuery): Promise<PageAnswer> {
    return call<PageAnswer>("query", { seat: this.seat, query });
  }

  fileAddress(whose: FileOwner, id: string, what: FileView): string {
    // Where a scheme of one's own leads differs between systems; what comes behind it does not.
    return `${convertFileSrc("", FILES)}${this.seat}/${whose}/${id}/${what}`;
  }
}

async function call<T>(name: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(name, args);
  } catch (thrown) {
    throw asRefused(thrown);
  }
}
