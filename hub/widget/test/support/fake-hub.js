// A hub as docs/protocol.md, part 9, describes it, stricter than life, with faults to order: it goes down, loses
// answers, swallows WebSockets. It keeps what it was told, so that tests ask the receiving end.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { assembled } from './assemble.js';

const file = (name) => (name === 'widget.js' ? assembled() : readFileSync(new URL(`../../${name}`, import.meta.url)));

/** What a hub sends with the demonstration page. */
const STRICT = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
].join('; ');

/** One customer: the conversation, and the pages that are open. */
class Customer {
  token = randomUUID();
  /** @type {any} */ dialog = null;
  /** @type {any[]} */ messages = [];
  /** @type {Set<Peer>} */ peers = new Set();
}

/** One open page, over either kind of link. */
class Peer {
  /** @type {Customer | null} */ customer = null;
  upto = 0;
  constructor(hub, kind, say, end) {
    Object.assign(this, { hub, kind, say, end });
  }
}

export class FakeHub {
  /** Every frame that pages said, in order: `{kind, peer, ...frame}`. */
  heard = [];
  customers = new Map();
  /** What goes wrong. */
  faults = { sockets: 'open', loseResults: 0, loseEchoes: false, refuse: null, wrong: null, status: 0 };
  beatMs = 15_000;
  desk = 'Чай и глина';
  textChars = 32_000;
  /** What may be sent as a file, and what is asked at the end. */
  files = null;
  survey = null;
  blocked = false;
  /** Whether somebody is there for the site's line, and whether as many wait as may: told of whoever has no dialog. */
  line = null;
  full = false;
  /** The forms for contacts; those before a conversation are empty as soon as contacts are given. */
  forms = null;
  /** Contents by file id, and what is answered to uploads instead of taking them. */
  contents = new Map();
  uploadFails = [];
  #server = null;
  #sockets = new Set();
  #sessions = new Map();
  #waiters = [];
  port = 0;

  async start() {
    this.#server = createServer((request, response) => this.#http(request, response));
    const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.faults.sockets === 'refused') return socket.destroy();
      if (this.faults.sockets === 'swallowed') return this.#sockets.add(socket);
      upgrades.handleUpgrade(request, socket, head, (ws) => this.#socket(ws));
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise((done) => this.#server.listen(this.port, '127.0.0.1', done));
    this.port = this.#server.address().port;
  }

  /** As after SIGKILL: connections break, what was stored stays. */
  async kill() {
    for (const socket of this.#sockets) socket.destroy();
    for (const customer of this.customers.values()) customer.peers.clear();
    this.#sessions.clear();
    await new Promise((done) => this.#server.close(done));
  }

  get address() {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Waits until the pages have said what the test asks for; fails after `ms`. */
  until(what, condition, ms = 20_000) {
    return new Promise((done, fail) => {
      const waiter = { check: () => condition(this) && (clearTimeout(late), done(), true) };
      const late = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        fail(new Error(`the hub never saw: ${what}; it saw ${JSON.stringify(this.heard.map(({ peer, ...frame }) => frame)).slice(-2000)}`));
      }, ms);
      if (!waiter.check()) this.#waiters.push(waiter);
    });
  }

  said(t) {
    return this.heard.filter((frame) => frame.t === t);
  }

  /** The only customer. */
  get customer() {
    if (this.customers.size !== 1) throw new Error(`${this.customers.size} customers`);
    return [...this.customers.values()][0];
  }

  /** What the customer's words look like to an operator. */
  get words() {
    return this.customer.messages.filter(({ from }) => from === 'customer').map(({ text }) => text);
  }

  accept(name) {
    this.#setHead({ operator: name });
    this.#store(this.customer, { from: 'system', text: `accepted ${name}` });
  }

  answer(text, name = this.customer.dialog.operator ?? 'Ира') {
    return this.#store(this.customer, { from: 'operator', name, text });
  }

  system(text) {
    this.#store(this.customer, { from: 'system', text });
  }

  /** A message of any kind. */
  say(message) {
    return this.#store(this.customer, message);
  }

  /** A message that was said already is another now. */
  change(message, change) {
    Object.assign(message, change);
    this.tell({ t: 'changed', dialog: this.customer.dialog.id, items: [message] });
  }

  close() {
    this.#setHead({ closed: true });
    this.#store(this.customer, { from: 'system', text: 'closed Ира' });
  }

  rename(name) {
    this.desk = name;
    this.tell({ t: 'desk', name });
  }

  setLine(state) {
    this.line = state;
    this.tell({ t: 'line', state });
  }

  /** Every page is told, each what it is for its customer. */
  setFull(full) {
    this.full = full;
    for (const customer of this.customers.values()) {
      for (const peer of customer.peers) peer.say({ t: 'line', ...this.#stands(customer) });
    }
  }

  #hasNone(customer) {
    return customer.dialog === null;
  }

  #stands(customer) {
    const busy = this.full && this.#hasNone(customer);
    return { state: this.line, availability: busy ? `busy_${this.line}` : this.line };
  }

  setForms(forms) {
    this.forms = forms;
    this.tell({ t: 'forms', ...forms });
  }

  block(on) {
    this.blocked = on;
    this.tell({ t: 'blocked', on });
  }

  readByOperator() {
    this.#setHead({ read_by_operator: this.customer.messages.length });
  }

  typing(on, name = 'Ира') {
    this.tell({ t: 'typing', on, name });
  }

  /** Says a frame to every page of the only customer. */
  tell(frame) {
    for (const peer of this.customer.peers) peer.say(frame);
  }

  #setHead(change) {
    Object.assign(this.customer.dialog, change);
    this.tell({ t: 'dialog', ...this.customer.dialog });
  }

  #store(customer, { from, text, name = null, client_id = null, ...more }) {
    const begins = customer.dialog === null;
    customer.dialog ??= { id: randomUUID(), number: 17, operator: null, closed: false, read_by_operator: 0, last_seq: 0 };
    const seq = customer.messages.length + 1;
    const message = { id: randomUUID(), client_id, seq, from, name, text, at: Date.now(), ...more };
    customer.messages.push(message);
    customer.dialog.last_seq = seq;
    // Who has a dialog is kept out by no limit.
    if (begins && this.full) for (const peer of customer.peers) peer.say({ t: 'line', ...this.#stands(customer) });
    for (const peer of customer.peers) {
      if (!(this.faults.loseEchoes && client_id !== null)) this.#catchUp(peer);
    }
    return message;
  }

  #catchUp(peer) {
    const { dialog, messages } = peer.customer;
    if (dialog === null || peer.upto >= messages.length) return;
    const items = messages.slice(peer.upto);
    peer.say({ t: 'messages', dialog: dialog.id, after: peer.upto, upto: messages.length, items });
    peer.upto = messages.length;
  }

  #hear(peer, frame) {
    this.heard.push({ kind: peer.kind, peer, ...frame });
    const { customer } = peer;
    if (customer === null && frame.t !== 'hello') peer.end('protocol');
    else if (frame.t === 'hello') this.#hello(peer, frame);
    else if (frame.t === 'send') this.#send(peer, frame);
    else if (frame.t === 'send_file' || frame.t === 'contacts') this.#take(peer, frame);
    else if (frame.t === 'send_place') this.#place(peer, frame);
    else if (frame.t === 'link') peer.say(this.#link(frame.file));
    else if (frame.t === 'close') this.close();
    else if (frame.t === 'rate') this.#setHead({ stars: frame.stars });
    else if (frame.t === 'beat') peer.say({ t: 'beat' });
    this.#waiters = this.#waiters.filter((waiter) => !waiter.check());
  }

  #hello(peer, frame) {
    if (peer.customer !== null || frame.protocol !== 1) return peer.end('protocol');
    const customer = this.customers.get(frame.token) ?? new Customer();
    this.customers.set(customer.token, customer);
    peer.customer = customer;
    customer.peers.add(peer);
    peer.upto = frame.after?.dialog === customer.dialog?.id ? (frame.after?.upto ?? 0) : 0;
    const { token, dialog } = customer;
    peer.say({ t: 'welcome', protocol: 1, token, desk: this.desk, text_chars: this.textChars, beat_ms: this.beatMs, dialog, ...this.#rules(customer) });
    this.#catchUp(peer);
  }

  #rules(customer) {
    const { files, survey, blocked, line, forms } = this;
    const { availability } = this.#stands(customer);
    return { ...(forms ? { forms } : {}), ...(line ? { line } : {}), ...(line && this.full ? { availability } : {}), ...(files ? { files } : {}), ...(survey ? { survey } : {}), ...(blocked ? { blocked } : {}) };
  }

  /** A file or contacts, as a message. */
  #take(peer, { t, id, file, name, email, phone }) {
    if (this.#turnsAway(peer, id)) return undefined;
    if (t === 'contacts' && this.faults.wrong !== null) return peer.say({ t: 'result', id, refused: 'malformed', wrong: this.faults.wrong });
    const known = peer.customer.messages.find(({ client_id }) => client_id === id);
    const more = t === 'contacts' ? { kind: 'contacts', text: `name: ${name}\nemail: ${email}\nphone: ${phone}` } : { kind: 'file', text: '', file: this.contents.get(file)?.file };
    const { seq, at } = known ?? this.#store(peer.customer, { from: 'customer', client_id: id, ...more });
    peer.say({ t: 'result', id, seq, at });
  }

  /** No conversation begins where the queue is full: the page is told so before its words are refused. */
  #turnsAway(peer, id) {
    if (!this.full || !this.#hasNone(peer.customer)) return false;
    peer.say({ t: 'line', ...this.#stands(peer.customer) });
    peer.say({ t: 'result', id, refused: 'queue_full' });
    return true;
  }

  /** A place, unless it is to be refused. */
  #place(peer, { id, latitude, longitude, accuracy, title }) {
    if (this.#turnsAway(peer, id)) return undefined;
    if (this.faults.refuse !== null) return peer.say({ t: 'result', id, refused: this.faults.refuse });
    const known = peer.customer.messages.find(({ client_id }) => client_id === id);
    const place = { latitude, longitude, ...(accuracy === undefined ? {} : { accuracy }) };
    const { seq, at } = known ?? this.#store(peer.customer, { from: 'customer', client_id: id, kind: 'place', text: title, place });
    peer.say({ t: 'result', id, seq, at });
  }

  #link(id) {
    const file = this.contents.get(id)?.file;
    const at = (part) => `files/${id}${part}?until=1&sign=x`;
    return { t: 'link', file: id, address: file?.state === 'ready' ? at('') : null, thumbnail: file?.pixels ? at('/thumbnail') : null };
  }

  /** A file that an operator can send. */
  keep(name, content, more = {}) {
    const file = { id: randomUUID(), name, media: 'application/octet-stream', size: content.length, state: 'ready', ...more };
    this.contents.set(file.id, { file, content });
    return file;
  }

  async #upload(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const failure = this.uploadFails.shift();
    const reply = (status, answer) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    if (failure !== undefined) return reply(failure.status, failure);
    const token = request.headers.authorization?.replace('Bearer ', '');
    if (!this.customers.has(token)) return reply(401, { code: 'sign_in' });
    return reply(200, this.keep(new URL(request.url, this.address).searchParams.get('name'), Buffer.concat(chunks)));
  }

  #file(pathname, response) {
    const kept = this.contents.get(pathname.split('/')[2]);
    if (kept === undefined) return response.writeHead(404).end();
    const thumbnail = pathname.endsWith('/thumbnail');
    const headers = thumbnail ? { 'content-type': 'image/png' } : { 'content-type': kept.file.media, 'content-disposition': 'attachment; filename="file"' };
    response.writeHead(200, headers).end(thumbnail ? readFileSync(new URL('dot.png', import.meta.url)) : kept.content);
  }

  #send(peer, { id, text }) {
    const { customer } = peer;
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) throw new Error(`not a version 7 id: ${id}`);
    if (this.#turnsAway(peer, id)) return undefined;
    if (this.faults.refuse !== null) {
      const refused = this.faults.refuse;
      if (refused === 'too_fast') this.faults.refuse = null;
      return peer.say({ t: 'result', id, refused });
    }
    const known = customer.messages.find(({ client_id }) => client_id === id);
    const { seq, at } = known ?? this.#store(customer, { from: 'customer', text, client_id: id });
    if (this.faults.loseResults > 0) {
      this.faults.loseResults -= 1;
      return peer.end(null);
    }
    peer.say({ t: 'result', id, seq, at });
  }

  #socket(ws) {
    const peer = new Peer(
      this,
      'socket',
      (frame) => ws.send(JSON.stringify(frame)),
      (code) => {
        if (code !== null) ws.send(JSON.stringify({ t: 'bye', code }));
        // Nothing more gets through, as when a cable is pulled.
        peer.customer?.peers.delete(peer);
        ws.terminate();
      },
    );
    const beat = setInterval(() => peer.say({ t: 'beat' }), this.beatMs);
    ws.on('message', (data) => this.#hear(peer, JSON.parse(String(data))));
    ws.on('close', () => {
      clearInterval(beat);
      peer.customer?.peers.delete(peer);
    });
  }

  #http(request, response) {
    const { pathname } = new URL(request.url, this.address);
    const files = {
      '/': ['demo.html', 'text/html; charset=utf-8'],
      '/widget.js': ['widget.js', 'text/javascript; charset=utf-8'],
      '/widget/demo.js': ['demo.js', 'text/javascript; charset=utf-8'],
      '/widget/demo.css': ['demo.css', 'text/css; charset=utf-8'],
    };
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('x-content-type-options', 'nosniff');
    if (pathname === '/widget/v1/files' && request.method === 'POST') return this.#upload(request, response);
    if (pathname.startsWith('/files/')) return this.#file(pathname, response);
    if (pathname === '/widget/v1/exchange' && request.method === 'POST') return this.#exchange(request, response);
    if (!(pathname in files)) return response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
    const [name, type] = files[pathname];
    response.writeHead(200, { 'content-type': type, 'content-security-policy': STRICT, 'cache-control': 'no-store' }).end(file(name));
  }

  async #exchange(request, response) {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (this.faults.status !== 0) return response.writeHead(this.faults.status).end();
    const { session, wait, frames } = JSON.parse(body);
    const known = session === null ? this.#newSession() : this.#sessions.get(session);
    const reply = (answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    if (known === undefined) return reply({ session: '', frames: [{ t: 'bye', code: 'session' }] });
    known.wake?.();
    for (const frame of frames) this.#hear(known.peer, frame);
    if (known.over) return response.destroy();
    if (wait && known.out.length === 0) {
      await new Promise((done) => {
        known.wake = done;
        setTimeout(done, 20_000).unref();
      });
      known.wake = null;
    }
    reply({ session: known.id, frames: known.out.splice(0) });
  }

  #newSession() {
    const session = { id: randomUUID(), out: [], wake: null, over: false, peer: null };
    session.peer = new Peer(
      this,
      'poll',
      (frame) => {
        session.out.push(frame);
        session.wake?.();
      },
      () => {
        session.over = true;
        session.peer.customer?.peers.delete(session.peer);
        this.#sessions.delete(session.id);
      },
    );
    this.#sessions.set(session.id, session);
    return session;
  }
}
