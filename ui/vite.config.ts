import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { emoji } from "./scripts/emoji.ts";

/** What the page may do at run time. The app and the dev socket send their own; the preview is held to the same. */
export const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

export default defineConfig({
  plugins: [
    emoji(),
    svelte({
      // `tree` builds elements one by one: no template text ever goes through an HTML parser.
      compilerOptions: { runes: true, fragments: "tree" },
    }),
  ],
  build: {
    target: ["es2022", "safari16"],
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { port: 5173, strictPort: true },
  preview: { headers: { "Content-Security-Policy": CSP } },
});
