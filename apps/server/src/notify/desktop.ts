import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Channel, DeliveryError } from "./channel.js";
import type { Notification } from "./notification.js";

const run = promisify(execFile);
const DEADLINE_MS = 10_000;

/** Shows notifications on the desktop that the server was started from: by `notify-send`, or `osascript` on a Mac. */
export class Desktop implements Channel {
  readonly name = "desktop";
  readonly #env: NodeJS.ProcessEnv;
  readonly #platform: NodeJS.Platform;

  constructor(o: { env: NodeJS.ProcessEnv; platform?: NodeJS.Platform }) {
    this.#env = o.env;
    this.#platform = o.platform ?? process.platform;
  }

  async send({ title, text }: Notification): Promise<void> {
    const [program, args] = this.#platform === "darwin" ? appleScript(title, text) : notifySend(title, text);
    const path = await find(program, this.#env);
    // A notice that comes hours late tells nobody anything, so none is tried again.
    if (path === undefined || !this.#hasDesktop()) {
      const message = `There is no desktop to show this on, or no ${program}; set notify.desktop to false here.`;
      throw new DeliveryError(message, { retry: false });
    }
    try {
      await run(path, args, { env: this.#env, timeout: DEADLINE_MS });
    } catch (cause) {
      throw new DeliveryError(`${program} failed; try it in a terminal.`, { retry: false, cause });
    }
  }

  #hasDesktop(): boolean {
    const { DISPLAY, WAYLAND_DISPLAY, DBUS_SESSION_BUS_ADDRESS } = this.#env;
    return this.#platform === "darwin" || Boolean(DISPLAY || WAYLAND_DISPLAY || DBUS_SESSION_BUS_ADDRESS);
  }
}

/** Its body may hold markup, so what looks like it is made plain. */
function notifySend(title: string, text: string): [string, string[]] {
  const plain = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return ["notify-send", ["--app-name=Vibewriter", "--", title, plain]];
}

/** The texts are arguments of the script and no part of it. */
function appleScript(title: string, text: string): [string, string[]] {
  const script = ["on run argv", "display notification (item 2 of argv) with title (item 1 of argv)", "end run"];
  return ["osascript", [...script.flatMap((line) => ["-e", line]), title, text]];
}

async function find(program: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    if (folder !== "" && (await isExecutable(path))) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
