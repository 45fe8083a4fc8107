import { createReadStream } from "node:fs";
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { Readable } from "node:stream";
import type { Look, SandboxFiles, SeenFile } from "../../src/files/sandbox-files.js";

/** The files of a folder of this machine that stands for the root of a sandbox. */
export class LocalFiles implements SandboxFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async look(folders: readonly string[]): Promise<Map<string, Look>> {
    return new Map(await Promise.all(folders.map(async (folder) => [folder, await this.#lookAt(folder)] as const)));
  }

  async stat(path: string): Promise<Pick<SeenFile, "size" | "mtimeMs"> | undefined> {
    const found = await absent(lstat(this.#path(path)));
    return found?.isFile() ? { size: found.size, mtimeMs: found.mtimeMs } : undefined;
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    return (await absent(readFile(this.#path(path))))?.subarray(0, limit);
  }

  stream(path: string): AsyncIterable<Uint8Array> {
    return createReadStream(this.#path(path));
  }

  async write(path: string, content: Uint8Array, { executable }: { executable?: boolean } = {}): Promise<void> {
    await this.#replace(path, (beside) => writeFile(beside, content, { mode: executable ? 0o755 : 0o644 }));
  }

  async writeStream(path: string, content: () => AsyncIterable<Uint8Array>): Promise<void> {
    await this.#replace(path, (beside) => writeFile(beside, Readable.from(content())));
  }

  async remove(path: string): Promise<void> {
    await rm(this.#path(path), { force: true });
  }

  async clear(path: string): Promise<void> {
    await rm(this.#path(path), { recursive: true, force: true });
  }

  async given(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  async #lookAt(folder: string): Promise<Look> {
    const at = this.#path(folder);
    const entries = (await absent(readdir(at, { recursive: true, withFileTypes: true }))) ?? [];
    const files: SeenFile[] = [];
    for (const entry of entries.filter((one) => !one.isDirectory())) {
      const path = join(entry.parentPath, entry.name);
      const stat = await absent(lstat(path));
      const type = entry.isFile() ? "file" : entry.isSymbolicLink() ? "symlink" : "other";
      if (stat) files.push({ path: relative(at, path), type, size: stat.size, mtimeMs: stat.mtimeMs });
    }
    return { files, isCut: false };
  }

  async #replace(path: string, write: (beside: string) => Promise<void>): Promise<void> {
    const target = this.#path(path);
    await mkdir(dirname(target), { recursive: true });
    await write(`${target}.tmp`);
    await rename(`${target}.tmp`, target);
  }

  #path(path: string): string {
    return join(this.#root, path);
  }
}

async function absent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      return undefined;
    throw error;
  }
}
