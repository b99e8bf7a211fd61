/**
 * The engine's store in memory: dialogs with their messages, and the rows that follow from them. It is strict where the
 * real one is strict, and has no wires.
 */
import type {
  Author,
  Can,
  CardEdit,
  Denied,
  DialogRow,
  Gap,
  Hold,
  Quote,
  RowTone,
  Section,
  SendState,
  ThreadItem,
} from "../types";
import { NAMES, STORIES, COLLEAGUES, type Story } from "./sayings";

export const ME = { id: "op-me", name: "Вера Ильина" } as const;

const NOBODY_DENIED: Can = {
  accept: null,
  write: null,
  note: null,
  close: null,
  transfer: null,
  hold: null,
  sort: null,
  block: null,
  edit: null,
  reword: null,
  delete: null,
  quote: null,
  send_file: null,
  contacts: null,
  teleport: null,
  rating: null,
};

export interface FakeDialog {
  id: string;
  number: number;
  name: string | null;
  language: string;
  channel: string;
  page: { url: string; title: string } | null;
  email: string | null;
  phone: string | null;
  owner: string | null;
  state: "queue" | "offered" | "active" | "hold" | "bot" | "closed_soft";
  onSite: boolean;
  createdAt: number;
  items: ThreadItem[];
  /** Numbers that the hub has and this store does not. */
  gaps: Gap[];
  readUpto: number;
  draft: { text: string; note: boolean; quote?: Quote | null };
  typing: string | null;
  hold: Hold | null;
  /** Until when it is offered to oneself; `null`: without an end. */
  offerUntil: number | null;
  restricted: boolean;
  suspicious: boolean;
  category: string | null;
  tags: string[];
  comment: string;
  /** The customer's number, the same over all dialogs of his. */
  customer: number;
  /** The least number of those who are one person with him; what was known of him alone. */
  person: number | null;
  apart: { name: string | null; email: string | null; phone: string | null } | null;
  customerTags: string[];
  variables: { [name: string]: string };
  card: CardEdit[];
}

export class FakeDesk {
  readonly dialogs = new Map<string, FakeDialog>();
  /** Dialogs are offered to operators. */
  offers = false;
  /** There is a connection: what races others can be done. */
  live = true;
  #rev = 1;

  constructor(private readonly now: () => number) {}

  nextRev(): number {
    this.#rev += 1;
    return this.#rev;
  }

  /** A desk of `count` dialogs in every state; the first of mine has `long` messages if that is more than a few. */
  fill(count: number, long: number): void {
    for (let i = 0; i < count; i += 1) this.add(i, count);
    const first = [...this.dialogs.values()].find((dialog) => dialog.owner === ME.name);
    if (first !== undefined && long > first.items.length) this.lengthen(first, long);
  }

  add(i: number, count: number): FakeDialog {
    const story = STORIES[i % STORIES.length] as Story;
    const owner = ownerOf(i, count);
    const state = stateOf(i, count, owner);
    const ago = (i < 3 ? 18 + i * 64 : i < 12 ? 14 + (i - 3) * 33 : 300 + i * 60) * 1_000;
    const dialog: FakeDialog = {
      id: `d${String(i).padStart(6, "0")}`,
      number: 1_000 + i,
      name: NAMES[i % NAMES.length] ?? null,
      language: story.language,
      channel: story.channel,
      page: story.page,
      email: i % 3 === 0 ? `customer${i}@mail.example` : null,
      phone: i % 2 === 0 ? `+7 900 555-${String(10 + (i % 90))}-${String(10 + ((i * 7) % 90))}` : null,
      owner,
      state,
      onSite: i % 4 !== 3,
      createdAt: this.now() - ago - 900_000,
      items: [],
      gaps: [],
      readUpto: 0,
      draft: { text: "", note: false },
      typing: null,
      hold: null,
      offerUntil: null,
      restricted: count <= 40 && i === 6,
      suspicious: false,
      category: null,
      tags: [],
      comment: "",
      customer: 5_000 + i,
      person: null,
      apart: null,
      customerTags: [],
      variables: {},
      card: [],
    };
    this.#tell(dialog, story, ago, i);
    this.dialogs.set(dialog.id, dialog);
    return dialog;
  }

  #tell(dialog: FakeDialog, story: Story, ago: number, i: number): void {
    const waits = dialog.owner === null;
    const lines = waits ? story.lines.filter(([who]) => who === "c").slice(0, 1 + (i % 2)) : story.lines;
    const ends = i % 3 === 1 && !waits ? lines.slice(0, -1) : lines;
    const step = 47_000;
    if (!waits)
      this.put(dialog, "system", { by: "system" }, `accepted ${dialog.owner}`, this.now() - ago - 9 * step);
    ends.forEach(([who, text], place) => {
      const at = this.now() - ago - (ends.length - 1 - place) * step;
      const author: Author =
        who === "c"
          ? { by: "customer" }
          : { by: "operator", id: idOf(dialog.owner), name: dialog.owner ?? "" };
      this.put(dialog, "text", author, text, at);
    });
    if (dialog.state === "closed_soft") {
      this.put(
        dialog,
        "system",
        { by: "system" },
        `closed ${dialog.owner ?? ME.name}`,
        this.now() - ago + 1_000,
      );
    }
    const last = dialog.items.at(-1)?.seq ?? 0;
    const answered = dialog.owner !== ME.name || i % 5 === 0;
    const own = dialog.items.findLast((item) => item.author.by !== "customer")?.seq ?? 0;
    dialog.readUpto = waits ? 0 : answered ? last : own;
  }

  /** Puts `total` messages into one dialog, as years of writing would. */
  lengthen(dialog: FakeDialog, total: number): void {
    const story = STORIES[0] as Story;
    const end = (dialog.items[0]?.at ?? this.now()) - 60_000;
    const kept = dialog.items.splice(0);
    const before = total - kept.length;
    for (let i = 0; i < before; i += 1) {
      const [who, text] = story.lines[i % story.lines.length] ?? ["c", ""];
      const author: Author = who === "c" ? { by: "customer" } : { by: "operator", id: ME.id, name: ME.name };
      const words =
        `${i + 1}. ${text}${" ".repeat(i % 3)}${"Ещё подробность о заказе. ".repeat(i % 7)}`.trimEnd();
      this.put(dialog, "text", author, words, end - (before - i) * 400_000);
    }
    for (const item of kept) {
      const seq = dialog.items.length + 1;
      dialog.items.push({ ...item, seq, key: `${dialog.id}-${seq}` });
    }
    dialog.readUpto = dialog.items.length;
  }

  /** Stores a message as the hub would. */
  put(
    dialog: FakeDialog,
    kind: ThreadItem["kind"],
    author: Author,
    text: string,
    at = this.now(),
  ): ThreadItem {
    const mine = author.by === "operator" && author.id === ME.id;
    const seq = this.lastSeq(dialog) + 1;
    const item: ThreadItem = {
      key: `${dialog.id}-${seq}`,
      seq,
      order: null,
      kind,
      author,
      mine,
      text,
      at,
      details: {},
      send: mine && kind !== "system" ? { state: "read" } : null,
      client_id: null,
      rev: this.nextRev(),
    };
    dialog.items.push(item);
    return item;
  }

  lastSeq(dialog: FakeDialog): number {
    const gap = dialog.gaps.at(-1)?.to ?? 0;
    return Math.max(gap, dialog.items.findLast((item) => item.seq !== null)?.seq ?? 0);
  }

  row(dialog: FakeDialog): DialogRow {
    const last = dialog.items.at(-1);
    const waitingSince = this.#waitingSince(dialog);
    const section = sectionOf(dialog, this.offers);
    const unsent = dialog.items.filter((item) => item.seq === null);
    return {
      id: dialog.id,
      rev: this.nextRev(),
      number: dialog.number,
      name: dialog.name,
      customer_number: dialog.customer,
      email: dialog.email,
      phone: dialog.phone,
      language: dialog.language,
      channel: dialog.channel,
      state: dialog.state,
      tone: toneOf(dialog, waitingSince !== null),
      section,
      sort: (waitingSince ?? dialog.createdAt + 4_000_000_000_000) + (dialog.suspicious ? 2 ** 52 : 0),
      active_at: last?.at ?? dialog.createdAt,
      waiting_since: waitingSince,
      unread: section === "all" || section === "open" ? 0 : unreadOf(dialog),
      last:
        last === undefined
          ? null
          : {
              kind: last.kind,
              author: last.author,
              text: (last.text.split("\n")[0] ?? "").slice(0, 160),
              at: last.at,
            },
      last_mine: last?.mine ?? false,
      typing: dialog.typing,
      presence: dialog.onSite ? "on_site" : section === "offline_requests" ? "offline" : "left_site",
      assignee: dialog.state === "offered" ? ME.name : dialog.owner,
      draft: dialog.draft.text !== "",
      unsent: unsent.length,
      unsent_trouble: unsent.some((item) => item.send?.state === "held" || item.send?.state === "failed"),
      page: dialog.page,
      created_at: dialog.createdAt,
      last_seq: this.lastSeq(dialog),
      read_upto: dialog.readUpto,
      offer_until: dialog.offerUntil,
      hold: dialog.hold,
      department: null,
      category: dialog.category,
      subject: null,
      tags: dialog.tags,
      suspicious: dialog.suspicious,
      particulars: {
        tags: dialog.customerTags,
        comment: dialog.comment,
        variables: dialog.variables,
        restricted: dialog.restricted,
        block: null,
        ...(dialog.person === null ? {} : { person: dialog.person }),
      },
      card: dialog.card,
      bot: dialog.state === "bot" ? "Робот" : null,
      rating: null,
      closed_at: dialog.state === "closed_soft" ? (last?.at ?? dialog.createdAt) : null,
      led_by_me: dialog.owner === ME.name,
      can: canOf(dialog, this.live),
      rewords: true,
      takes_back: true,
      quotes: ["text", "file", "contacts", "keyboard", "place", "sticker"],
    };
  }

  #waitingSince(dialog: FakeDialog): number | null {
    if (dialog.state === "closed_soft") return null;
    let since: number | null = null;
    for (let i = dialog.items.length - 1; i >= 0; i -= 1) {
      const item = dialog.items[i];
      if (item === undefined || item.kind !== "text") continue;
      if (item.author.by !== "customer") break;
      since = item.at;
    }
    return since;
  }
}

export function setSend(item: ThreadItem, send: SendState, rev: number): ThreadItem {
  return { ...item, send, rev };
}

/** A small desk shows one of each. */
function stateOf(i: number, count: number, owner: string | null): FakeDialog["state"] {
  if (i % 13 === 12) return "closed_soft";
  if (owner === null) return "queue";
  return count <= 40 && i === 8 ? "hold" : count <= 40 && i === 15 ? "bot" : "active";
}

function ownerOf(i: number, count: number): string | null {
  if (count <= 40) return i < 5 ? null : i < 12 ? ME.name : (COLLEAGUES[i % COLLEAGUES.length] ?? null);
  return i % 9 === 0 ? null : i % 9 === 1 ? ME.name : (COLLEAGUES[i % COLLEAGUES.length] ?? null);
}

function idOf(owner: string | null): string {
  return owner === ME.name ? ME.id : `op-${owner ?? ""}`;
}

export function sectionOf(dialog: FakeDialog, offers: boolean): Section {
  if (dialog.state === "closed_soft") return "all";
  if (dialog.state === "offered") return "waiting";
  if (dialog.owner !== null) return dialog.owner === ME.name ? "mine" : "open";
  if (!dialog.onSite) return "offline_requests";
  return offers ? "queue" : "waiting";
}

function toneOf(dialog: FakeDialog, waits: boolean): RowTone {
  if (dialog.state === "closed_soft") return "closed";
  if (dialog.state === "offered") return "waiting";
  if (dialog.owner === null) return dialog.onSite ? "waiting" : "offline";
  if (dialog.owner !== ME.name) return "others";
  return waits ? "mine_unanswered" : "mine_answered";
}

function unreadOf(dialog: FakeDialog): number {
  return dialog.items.filter(
    (item) => item.seq !== null && item.seq > dialog.readUpto && item.author.by === "customer",
  ).length;
}

/** What may be done now: what the hub says, and nothing that races others without a connection. */
export function canOf(dialog: FakeDialog, live: boolean): Can {
  const can = saidOf(dialog);
  return live
    ? can
    : ({ ...can, ...Object.fromEntries(RACY.map((part) => [part, can[part] ?? "offline"])) } as Can);
}

/** All others wait in the queue. */
const RACY = [
  "accept",
  "close",
  "transfer",
  "hold",
  "sort",
  "block",
  "edit",
  "reword",
  "delete",
  "contacts",
  "teleport",
] as const;

function saidOf(dialog: FakeDialog): Can {
  if (dialog.state === "closed_soft") return all("closed", { note: null });
  // What is offered can be given away at once: that is how it is declined.
  if (dialog.state === "offered") return all("not_accepted", { accept: null, note: null, transfer: null });
  if (dialog.owner === null) return all("not_accepted", { accept: null, note: null, sort: null });
  if (dialog.owner === ME.name)
    return { ...NOBODY_DENIED, accept: "already_taken", teleport: dialog.onSite ? null : "not_on_site" };
  return all("not_yours", { accept: "already_taken", note: null });
}

function all(why: Denied, except: Partial<Can>): Can {
  const denied: Can = {
    accept: why,
    write: why,
    note: why,
    close: why,
    transfer: why,
    hold: why,
    sort: why,
    block: why,
    edit: why,
    reword: why,
    delete: why,
    quote: why,
    send_file: why,
    contacts: why,
    teleport: why,
    rating: why,
  };
  return { ...denied, ...except };
}
