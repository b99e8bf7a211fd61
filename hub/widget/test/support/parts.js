// The parts of the widget that need no page. The script is loaded as it is served.
import vm from 'node:vm';
import { assembled } from './assemble.js';

export const source = assembled();
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
