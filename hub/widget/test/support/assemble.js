// The widget as the hub serves it: its parts in the order of their names, in a scope of their own.
import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../../parts/', import.meta.url);

export function assembled() {
  const names = readdirSync(folder).filter((name) => name.endsWith('.js')).sort();
  const parts = names.map((name) => readFileSync(new URL(name, folder), 'utf8'));
  return `(() => {\n'use strict';\n${parts.join('')}})();\n`;
}
