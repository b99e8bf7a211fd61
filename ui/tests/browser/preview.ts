/** Serves the built page with the engine in memory, under the policy that the application sends. */
import { existsSync } from "node:fs";
import { preview } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    address: string;
  }
}

export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync("dist-fake/index.html"))
    throw new Error("dist-fake is missing: run `npm run build:fake` first");
  // The files do not change while they are served, and hundreds of pages ask for them.
  const headers = { "Cache-Control": "max-age=3600" };
  const server = await preview({
    build: { outDir: "dist-fake" },
    preview: { port: 0, host: "127.0.0.1", headers },
  });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("the preview has no address");
  project.provide("address", address);
  return () => server.close();
}
