// The parts of the widget that need no page. The script is loaded as it is served.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

export const source = readFileSync(new URL('../../widget.js', import.meta.url), 'utf8');
vm.runInThisContext(source, { filename: 'widget.js' });
export const parts = globalThis.OtklikParts;

/** A browser's storage; `full` makes it refuse to write. */
export class FakeStorage {
  #items = new Map();
  full = false;
  get length() {
    return this.#items.size;
  }
  key(at) {
    return [...this.#items.keys()][at] ?? null;
  }
  getItem(key) {
    return this.#items.get(key) ?? null;
  }
  setItem(key, value) {
    if (this.full) throw new Error('QuotaExceededError');
    this.#items.set(key, value);
  }
  removeItem(key) {
    this.#items.delete(key);
  }
}
