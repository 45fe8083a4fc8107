import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { findFirecracker } from "../drivers/firecracker/find.js";
import type { Binaries } from "../drivers/firecracker/jailer.js";
import { homePaths } from "../home.js";

/** A host as the checks see it: its files below `root`, and whose home it is to serve. */
export class Host {
  readonly home: string;
  readonly uid: number;
  readonly #root: string;
  readonly #binaries: Partial<Binaries>;

  constructor(o: { root?: string; home: string; uid?: number; binaries?: Partial<Binaries> }) {
    this.home = o.home;
    this.uid = o.uid ?? process.getuid?.() ?? -1;
    this.#root = o.root ?? "/";
    this.#binaries = o.binaries ?? {};
  }

  /** The text of a file, without white space around it; undefined if it cannot be read, as is the case of much in /sys. */
  read(path: string): string | undefined {
    return attempt(() => readFileSync(join(this.#root, path), "utf8").trim());
  }

  list(path: string): string[] {
    return attempt(() => readdirSync(join(this.#root, path)).sort()) ?? [];
  }

  stat(path: string): Stats | undefined {
    return attempt(() => statSync(join(this.#root, path)));
  }

  /** Firecracker and its jailer, or why there are none. */
  firecracker() {
    return findFirecracker({ paths: homePaths(this.home), ...this.#binaries });
  }

  /** Bytes that are free for the home. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(join(this.#root, this.home));
    return bavail * bsize;
  }
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
