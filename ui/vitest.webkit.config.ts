import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/webkit/**/*.test.ts"],
    globalSetup: ["tests/browser/preview.ts"],
    fileParallelism: false,
    testTimeout: 200_000,
    hookTimeout: 200_000,
  },
});
