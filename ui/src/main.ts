import { mount } from "svelte";
import App from "./App.svelte";
import type { Backend } from "./backend/backend";
import { SocketBackend, socketAddress } from "./backend/socket";
import { inTauri, TauriBackend } from "./backend/tauri";
import "./theme/tokens.css";
import "./theme/base.css";

async function backend(): Promise<Backend> {
  if (inTauri()) return new TauriBackend();
  if (import.meta.env.MODE === "fake") {
    const { fakeFromAddress } = await import("./backend/fake/life");
    return fakeFromAddress(new URLSearchParams(location.search));
  }
  return new SocketBackend(socketAddress(location));
}

/** The one dialog of this window, if it is a dialog's own. */
const dialog = new URLSearchParams(location.search).get("dialog");

const target = document.getElementById("page");
if (target !== null) mount(App, { target, props: { backend: await backend(), dialog } });
