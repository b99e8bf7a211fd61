// The built page must hold nothing that turns text into elements or code, and nothing that talks to a network.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const FORBIDDEN = [
  [/\.(?:innerHTML|outerHTML)\s*=(?!=)/g, "assigns innerHTML or outerHTML"],
  [/insertAdjacentHTML|createContextualFragment|document\.write\b/g, "parses HTML"],
  [/\beval\s*\(|\bnew Function\b/g, "evaluates code"],
  [/setAttribute\(["'](?:style|on\w+)["']/g, "sets a style or handler attribute"],
  [/\bXMLHttpRequest\b|\bEventSource\b|navigator\.sendBeacon|\bfetch\s*\(/g, "talks to a network"],
];

const folder = process.argv[2] ?? "dist";
const faults = [];
for (const file of walk(folder)) {
  if (!/\.(?:js|css|html)$/.test(file)) continue;
  const text = readFileSync(file, "utf8");
  for (const [pattern, what] of FORBIDDEN) {
    for (const hit of text.matchAll(pattern)) {
      faults.push(`${file}: ${what}: …${text.slice(Math.max(0, hit.index - 40), hit.index + 60)}…`);
    }
  }
  if (file.endsWith(".html") && /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i.test(text)) {
    faults.push(`${file}: inline script, style or handler`);
  }
}
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}

function* walk(at) {
  for (const name of readdirSync(at)) {
    const path = join(at, name);
    if (statSync(path).isDirectory()) yield* walk(path);
    else yield path;
  }
}
