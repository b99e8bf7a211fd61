import { mount } from "svelte";
import App from "./App.svelte";
import type { Engine } from "./backend/backend";
import { SocketEngine, socketAddress } from "./backend/socket";
import { inTauri, TauriEngine } from "./backend/tauri";
import "./theme/tokens.css";
import "./theme/base.css";

async function engine(): Promise<Engine> {
  if (inTauri()) return new TauriEngine();
  if (import.meta.env.MODE === "fake") {
    const { fakeFromAddress } = await import("./backend/fake/life");
    return fakeFromAddress(new URLSearchParams(location.search));
  }
  return new SocketEngine(socketAddress(location));
}

/** The one dialog of this window, if it is a dialog's own, and whose it is. */
const asked = new URLSearchParams(location.search);
const dialog = asked.get("dialog");
const own = dialog === null ? null : { dialog, seat: Number(asked.get("seat") ?? 1) };

const target = document.getElementById("page");
if (target !== null) mount(App, { target, props: { engine: await engine(), own } });
