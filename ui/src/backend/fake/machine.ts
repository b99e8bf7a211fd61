/** The machine of the engine in memory: everything can be switched, and an update is where a story puts one. */
import { Refused } from "../backend";
import type { AppCommand, AppView, MachineView, PageAnswer, PolicyView, Receipt } from "../types";

/** Nobody is signed in, and nothing is laid down. */
export const SIGNED_OUT: AppView = {
  screen: "sign_in",
  address: null,
  login: null,
  error: null,
  busy: false,
  local_desk: true,
  servers: [],
  only_these: false,
};

/** What is asked of the machine, and not of the workplace. */
export type MachineAsked = Extract<AppCommand, { do: "machine" | "export_settings" | "import_settings" }>;

export function isMachine(command: AppCommand): command is MachineAsked {
  return command.do === "machine" || command.do === "export_settings" || command.do === "import_settings";
}

export class FakeMachine {
  view: MachineView = {
    version: "0.1.0",
    with_system: { on: false, fixed: null },
    hotkey: { on: false, fixed: null },
    hotkey_name: "Ctrl+Alt+O",
    update: { update: "current" },
  };
  policy: PolicyView | null = null;

  answer(asked: { kind: "machine" | "sound_devices" }): PageAnswer {
    if (asked.kind === "sound_devices") return { kind: "sound_devices", names: ["Headset", "Speakers"] };
    return { kind: "machine", machine: this.view, policy: this.policy };
  }

  do(asked: MachineAsked): Receipt {
    switch (asked.do) {
      case "export_settings":
        return { message: null, text: "Downloads/otklik-settings.json", found: null };
      case "import_settings":
        if (!asked.file.includes("otklik-settings")) {
          throw new Refused({ error: "settings_file", why: { wrong: "not_one" } });
        }
        return { message: null, text: null, found: null };
      case "machine":
        this.#switch(asked.command);
        return { message: null, text: null, found: null };
    }
  }

  #switch(command: Extract<MachineAsked, { do: "machine" }>["command"]): void {
    switch (command.machine) {
      case "start_with_system":
        this.view = { ...this.view, with_system: { on: command.on, fixed: null } };
        return;
      case "use_hotkey":
        this.view = { ...this.view, hotkey: { on: command.on, fixed: null } };
        return;
      case "look_for_update":
      case "restart_to_update":
        return;
    }
  }
}
