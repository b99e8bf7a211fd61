/** The engine of the Linux application, WebKitGTK, driven over WebDriver. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const PORT = 4_455;

interface Answer {
  value: { error?: string; message?: string; sessionId?: string } & Record<string, unknown>;
}

export class WebKit {
  private constructor(
    private readonly driver: ChildProcess,
    private readonly session: string,
  ) {}

  static async start(): Promise<WebKit> {
    const env = { ...process.env, WEBKIT_DISABLE_DMABUF_RENDERER: "1" };
    const driver = spawn("WebKitWebDriver", [`--port=${PORT}`], { stdio: "ignore", env });
    await until(async () => (await ask("GET", "/status")) !== null);
    const binary = miniBrowser();
    const options = { "webkitgtk:browserOptions": { binary, args: ["--automation"] } };
    const value = await ask("POST", "/session", { capabilities: { alwaysMatch: options } });
    const webkit = new WebKit(driver, `/session/${String(value["sessionId"])}`);
    await webkit.#ask("POST", "/timeouts", { script: 180_000, pageLoad: 30_000 });
    return webkit;
  }

  async open(address: string): Promise<void> {
    await this.#ask("POST", "/url", { url: address });
  }

  /** Runs a self-contained function in the page. */
  async run<A extends unknown[], R>(body: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve((${body.toString()})(...arguments[0])).then((ok) => done({ ok }), (e) => done({ bad: String(e) }));`;
    const told = (await this.#ask("POST", "/execute/async", { script, args: [args] })) as {
      ok?: R;
      bad?: string;
    };
    if (told.bad !== undefined) throw new Error(told.bad);
    return told.ok as R;
  }

  async stop(): Promise<void> {
    await this.#ask("DELETE", "");
    this.driver.kill();
  }

  #ask(method: string, path: string, body?: object): Promise<Answer["value"]> {
    return ask(method, this.session + path, body);
  }
}

async function ask(method: string, path: string, body?: object): Promise<Answer["value"]> {
  const request = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`http://127.0.0.1:${PORT}${path}`, request);
  const { value } = (await response.json()) as Answer;
  if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
  return value;
}

async function until(ready: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    if (await ready().catch(() => false)) return;
    if (performance.now() > deadline) throw new Error("WebKitWebDriver does not answer");
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** The small browser that comes with the library, somewhere under its architecture's folder. */
function miniBrowser(): string {
  const folders = readdirSync("/usr/lib").map((name) => `/usr/lib/${name}/webkit2gtk-4.1/MiniBrowser`);
  const found = [...folders, "/usr/libexec/webkit2gtk-4.1/MiniBrowser"].find((path) => existsSync(path));
  if (found === undefined) throw new Error("MiniBrowser is missing: install libwebkit2gtk-4.1-0");
  return found;
}
