// Otklik's chat widget: what a customer sees on a site that embeds
//
//     <script src="https://hub.example/widget.js" async></script>
//
// The parts in this folder, in the order of their names, are served as one script: no dependency, no build step. Each
// shares the names of those before it. It knows the customers' half of the hub's protocol (docs/protocol.md) and
// the page it stands on; it must not know operators' frames, load anything from anywhere, or read the page around it.
//
// What it promises: what the customer has written is kept on this device until the hub has stored it, goes out one at
// a time in the order it was written, and reaches the hub once: a repeat after a lost answer carries the same id.
//
// From the inside out: words, text rules, ids, storage, turns between tabs, the outbox, the conversation, the two
// kinds of link, the connection, the draft, forms, places, ratings, uploads, the chat that ties them together, quotes, and the view.
//
// Attributes of the script element: `data-title` (heading), `data-color` (`#rgb` or `#rrggbb`), `data-open` (open at
// once), `data-department` (the key of the department that new conversations are for). API: `Otklik.open()`, `Otklik.close()`.

// The protocol's words.

/**
 * @typedef {{dialog: string, upto: number}} Shown
 * @typedef {{url: string, title: string}} SitePage
 * @typedef {{t: 'hello', protocol: number, token: string | null, after: Shown | null, language: string, zone?: string, page: SitePage, department?: string}} HelloFrame
 * @typedef {HelloFrame
 *   | {t: 'send', id: string, text: string}
 *   | {t: 'send_file', id: string, file: string, text: string}
 *   | {t: 'send_place', id: string, latitude: number, longitude: number, accuracy?: number, title: string}
 *   | {t: 'contacts', id: string, name: string | null, email: string | null, phone: string | null}
 *   | {t: 'link', file: string}
 *   | {t: 'close'}
 *   | {t: 'rate', dialog: string, stars: number, note: string | null, answers: string[]}
 *   | {t: 'draft', text: string | null}
 *   | {t: 'seen', delivered: number, read: number}
 *   | ({t: 'page'} & SitePage)
 *   | {t: 'beat'}} CustomerFrame
 *
 * @typedef {{id: string, number: number, operator: string | null, closed: boolean, read_by_operator: number, last_seq: number, stars?: number | null}} DialogHead
 * @typedef {{id: string, name: string, media: string, size: number, state: string, pixels: [number, number] | null}} Attachment
 * @typedef {{most_bytes: number, media: string[]}} FilesAllowed
 * @typedef {{stars: boolean, questions: string[]}} Survey
 * @typedef {'online' | 'busy_online' | 'offline' | 'busy_offline'} LineState whether somebody is there; busy: and no conversation begins
 * @typedef {{id: string, client_id: string | null, seq: number, from: string, name: string | null, text: string, at: number,
 *   kind?: string, file?: Attachment | null, place?: unknown, address?: string | null, quote?: unknown, edited?: boolean, deleted?: boolean}} Message
 * @typedef {{t: 'welcome', protocol: number, token: string, desk: string, text_chars: number, beat_ms: number, dialog: DialogHead | null,
 *   files?: FilesAllowed | null, survey?: Survey | null, blocked?: boolean, line?: LineState | null, forms?: ContactForms}} WelcomeFrame
 * @typedef {{t: 'messages', dialog: string, after: number, upto: number, items: Message[]}} MessagesFrame
 * @typedef {{t: 'changed', dialog: string, items: Message[]}} ChangedFrame
 * @typedef {{t: 'link', file: string, address: string | null, thumbnail: string | null}} LinkFrame
 * @typedef {{t: 'result', id: string, seq?: number | null, at?: number | null, refused?: string | null, wrong?: WrongField | null}} ResultFrame
 * @typedef {WelcomeFrame
 *   | MessagesFrame
 *   | ChangedFrame
 *   | LinkFrame
 *   | {t: 'blocked', on: boolean}
 *   | ({t: 'forms'} & ContactForms)
 *   | {t: 'desk', name: string}
 *   | {t: 'line', state: LineState | null}
 *   | ({t: 'dialog'} & DialogHead)
 *   | {t: 'go', address: string}
 *   | {t: 'typing', on: boolean, name: string}
 *   | ResultFrame
 *   | {t: 'beat'}
 *   | {t: 'bye', code: string, retry_after_ms?: number | null}} HubFrame
 */

/** Whether nobody is there. @param {LineState | null} line */
const isAway = (line) => line === 'offline' || line === 'busy_offline';
/** Whether no conversation begins. @param {LineState | null} line */
const isBusy = (line) => line === 'busy_online' || line === 'busy_offline';

const PROTOCOL = 1;
/** The longest preview of an unfinished text, in Unicode scalar values. */
const DRAFT_CHARS = 2000;
/** Until the hub has said how long a text may be. */
const TEXT_CHARS = 32000;

/** @typedef {'queued' | 'held' | 'sending' | 'sent' | 'read' | 'refused'} OwnState */
