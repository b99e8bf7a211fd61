/** The accounts of the engine in memory, each a desk of its own; they come and go as with the real one. */
import { Refused, type Backend, type Engine } from "../backend";
import type { Receipt, SeatId, SeatsCommand, SeatsView, SeatView } from "../types";
import { ME } from "./desk";
import type { FakeBackend } from "./fake";
import { SIGNED_OUT } from "./machine";

const DONE: Receipt = { message: null, text: null, found: null };
const MOST = 8;

export class FakeAccounts implements Engine {
  readonly desks = new Map<SeatId, FakeBackend>();
  /** Everything asked of them, oldest first. */
  readonly asked: SeatsCommand[] = [];
  front: SeatId = 1;
  #onSeats: ((view: SeatsView) => void) | null = null;

  /** `make`: a desk for this seat. */
  constructor(
    private readonly make: (seat: SeatId) => FakeBackend,
    count = 1,
  ) {
    for (let seat = 1; seat <= count; seat += 1) this.#sitDown(seat);
  }

  async watch(onSeats: (view: SeatsView) => void): Promise<() => void> {
    this.#onSeats = onSeats;
    this.#tell();
    return () => void (this.#onSeats = null);
  }

  at(seat: SeatId): Backend {
    const desk = this.desk(seat);
    return {
      kind: desk.kind,
      subscribe: async (onPush) => desk.subscribe(onPush),
      command: async (asked) => (asked.kind === "seats" ? this.#arrange(asked.command) : desk.command(asked)),
      query: async (asked) => desk.query(asked),
      fileAddress: (whose, id) => desk.fileAddress(whose, id),
    };
  }

  desk(seat: SeatId): FakeBackend {
    const desk = this.desks.get(seat);
    if (desk === undefined) throw new Refused({ error: "not_found" });
    return desk;
  }

  /** Brings one to the screen, as a click on its notification does. */
  show(seat: SeatId): void {
    this.desk(seat);
    this.front = seat;
    this.#tell();
  }

  #arrange(command: SeatsCommand): Receipt {
    this.asked.push(command);
    if (command.do === "show") this.show(command.seat);
    if (command.do === "add") this.#add();
    if (command.do === "remove") this.#takeAway(command.seat);
    return DONE;
  }

  #add(): void {
    const free = Array.from({ length: MOST }, (_, at) => at + 1).find((seat) => !this.desks.has(seat));
    if (free === undefined) throw new Refused({ error: "not_ready" });
    this.#sitDown(free).view = SIGNED_OUT;
    this.show(free);
  }

  #takeAway(seat: SeatId): void {
    if (this.desk(seat).view.screen === "workplace" || this.desks.size === 1) {
      throw new Refused({ error: "not_ready" });
    }
    this.desks.delete(seat);
    if (this.front === seat) this.front = Math.min(...this.desks.keys());
    this.#tell();
  }

  #sitDown(seat: SeatId): FakeBackend {
    const desk = this.make(seat);
    desk.onSaid = () => this.#tell();
    this.desks.set(seat, desk);
    return desk;
  }

  #tell(): void {
    const seats = [...this.desks]
      .sort(([one], [other]) => one - other)
      .map(([seat, desk]) => viewOf(seat, desk));
    this.#onSeats?.({ seats, front: this.front });
  }
}

function viewOf(seat: SeatId, desk: FakeBackend): SeatView {
  const works = desk.view.screen === "workplace";
  return {
    seat,
    centre: works ? desk.centre : null,
    operator: works ? ME.name : null,
    badge: works ? desk.counts().badge : 0,
    offline: works && desk.link.link === "down",
  };
}
