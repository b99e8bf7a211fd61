// The sources must not hold a way from text to elements or code, and every word must come from the dictionaries.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const FORBIDDEN = [
  [
    /innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|DOMParser|document\.write/,
    "parses HTML",
  ],
  [/\{@html\b/, "puts HTML into the page"],
  [/\bsetHTML(?:Unsafe)?\b|\bparseHTML(?:Unsafe)?\b/, "parses HTML"],
  [/\beval\s*\(|\bnew Function\b|javascript:|\bset(?:Timeout|Interval)\(\s*["'`]/, "evaluates code"],
  [/\.cssText\b|\.on(?:click|error|load|message)\s*=\s*["'`]/, "sets a style or handler from text"],
  [/setAttribute\(\s*["'`](?:style|on\w+)/, "sets a style or handler attribute"],
  [/\sstyle=/, "style attribute (use style:property)"],
  [/\bfetch\s*\(|XMLHttpRequest|EventSource|sendBeacon/, "talks to a network"],
  [/\bsrcdoc\b|<iframe|<object|<embed/, "embeds a document"],
  [
    // Where a map is opened outside, when the operator asks for it.
    /https?:\/\/(?!hub\.example|shop\.example|bank\.example|clinic\.example|127\.0\.0\.1|www\.openstreetmap\.org\/\?)[\w.]/,
    "names a host",
  ],
];
const CYRILLIC = /[А-Яа-яЁё]/;
const MAY_BE_RUSSIAN = /i18n\/ru(?:\.\w+)?\.ts$|backend\/fake\/|SettingsPage\.svelte$|keys\/layout\.ts$/;

const faults = [];
for (const file of walk("src")) {
  if (!/\.(?:ts|svelte|css)$/.test(file) || file.endsWith("backend/types.ts")) continue;
  const lines = readFileSync(file, "utf8").split("\n");
  if (lines.length > 600) faults.push(`${file}: ${lines.length} lines, 600 at most`);
  lines.forEach((line, i) => {
    for (const [pattern, what] of FORBIDDEN) {
      if (pattern.test(line)) faults.push(`${file}:${i + 1}: ${what}: ${line.trim()}`);
    }
    if (CYRILLIC.test(line) && !MAY_BE_RUSSIAN.test(file))
      faults.push(`${file}:${i + 1}: words outside i18n`);
  });
}
const lock = readFileSync("package-lock.json", "utf8");
if (/"resolved"/.test(lock)) faults.push("package-lock.json: holds registry addresses");
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}

function* walk(at) {
  for (const name of readdirSync(at)) {
    const path = join(at, name);
    if (statSync(path).isDirectory()) yield* walk(path);
    else yield path.replaceAll("\\", "/");
  }
}
