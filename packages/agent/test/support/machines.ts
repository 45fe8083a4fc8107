import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TextExtractor } from "@vibewriter/evidence";
import { LocalShellBackend, type SandboxBackendProtocolV2 } from "deepagents";
import type { BackendNeeds, Machines } from "../../src/machines.js";
import { type Reach, type Server, serverText } from "../../src/reach/reach.js";
import { isCutOff } from "../../src/runs/workplace.js";
import { inTime } from "../../src/sandboxes/in-time.js";
import { LocalFiles } from "./local-files.js";

/** Folders of a temporary directory in the place of VMs, for tests of what happens around them. */
export class LocalMachines implements Machines {
  readonly isolation = "emulated";
  readonly sandbox = "microvm";
  /** Sandboxes that were ended; what was in them stays, to be looked at. */
  readonly ended: string[] = [];
  /** Servers that were ever opened, and those that are open now, as `workplace host:port`. */
  readonly opened: string[] = [];
  readonly open = new Set<string>();
  /** Hears of each server right before it is open. */
  opening: (name: string) => void = () => undefined;
  /** What a program of an agent that has outlived its command does right before something looks into a folder; by default there is none. */
  lurking: (agentId: string, folder: string) => Promise<void> = async () => undefined;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  extractor(): TextExtractor {
    return async ({ bytes }) => {
      const text = new TextDecoder().decode(bytes);
      return { text, title: /^# (.+)$/m.exec(text)?.[1] };
    };
  }

  requireKeys(): void {
    // Folders need none.
  }

  /** The file on this machine behind a path "in the VM". */
  path(agentId: string, inside: string): string {
    return join(this.#root, agentId, inside);
  }

  async backend(
    agentId: string,
    folder: string,
    { commandMsLeft = () => Number.POSITIVE_INFINITY, commandsOver }: BackendNeeds = {},
  ): Promise<SandboxBackendProtocolV2> {
    const rootDir = join(this.#root, agentId);
    await mkdir(join(rootDir, folder), { recursive: true });
    const o = { rootDir, virtualMode: true, env: { PATH: process.env.PATH ?? "" } };
    const backend = new LocalShellBackend(o);
    backend.execute = (command) =>
      new LocalShellBackend({ ...o, timeout: Math.min(120, commandMsLeft() / 1000) }).execute(command);
    const ls = backend.ls.bind(backend);
    backend.ls = async (path) => {
      await this.lurking(agentId, path);
      return await ls(path);
    };
    return inTime(backend, { commandsOver });
  }

  reach(workplace: string): Reach {
    const open = (server: Server) => {
      const name = `${workplace} ${serverText(server)}`;
      this.opening(name);
      this.opened.push(name);
      this.open.add(name);
      return { [Symbol.dispose]: () => void this.open.delete(name) };
    };
    const watch = () => ({ [Symbol.dispose]: () => undefined });
    return isCutOff(workplace) ? { watch } : { watch, open };
  }

  async end(workplace: string): Promise<void> {
    this.ended.push(workplace);
  }

  async files(agentId: string): Promise<LocalFiles> {
    return new LocalFiles(join(this.#root, agentId));
  }
}
