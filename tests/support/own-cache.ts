import { mkdir, readdir, realpath, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { TestHome } from "./home.js";

/** A cache folder of a test's own, whose entries are links into the shared one until a test puts damaged copies in their place. */
export class OwnCache {
  readonly path: string;
  readonly #shared: string;

  private constructor(path: string, shared: string) {
    this.path = path;
    this.#shared = shared;
  }

  /** Puts it in the place of the home's link to the shared cache. */
  static async of(home: TestHome): Promise<OwnCache> {
    const path = join(home.path, "cache");
    const shared = await realpath(path);
    // Made by the first VM, for which this test would otherwise pay each time.
    await mkdir(join(shared, "templates"), { recursive: true, mode: 0o700 });
    await rm(path);
    await mkdir(path);
    for (const name of await readdir(shared)) await symlink(join(shared, name), join(path, name));
    return new OwnCache(path, shared);
  }

  /** Puts an empty folder in the place of the link to `kind`; returns its path. */
  async detach(kind: string): Promise<string> {
    const path = join(this.path, kind);
    await rm(path);
    await mkdir(path);
    return path;
  }

  /** Links `kind` to the shared cache again. */
  async attach(kind: string): Promise<void> {
    await rm(join(this.path, kind), { recursive: true, force: true });
    await symlink(this.shared(kind), join(this.path, kind));
  }

  /** A path in the shared cache, which is only read. */
  shared(...names: string[]): string {
    return join(this.#shared, ...names);
  }
}
