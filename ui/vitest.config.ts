import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";
import { emoji } from "./scripts/emoji.ts";

export default defineConfig({
  plugins: [emoji(), svelte({ compilerOptions: { runes: true, fragments: "tree" } }), svelteTesting()],
  test: {
    environment: "jsdom",
    include: ["tests/unit/**/*.test.ts"],
    setupFiles: ["tests/unit/setup.ts"],
    restoreMocks: true,
    // Thousands of renderings on a machine that compiles at the same time.
    testTimeout: 60_000,
  },
});
