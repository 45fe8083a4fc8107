import { randomUUID } from "node:crypto";
import { isMicroVMError, type MicroVM, withOperations } from "@vibewriter/microvm";
import { FileRefused, type Look, type SandboxFiles, type SeenFile } from "./sandbox-files.js";

/** Entries of one look. */
const MOST = 50_000;

/** Failures that are about the one file. */
const ITS_OWN = [
  "permission_denied",
  "is_directory",
  "not_directory",
  "invalid_path",
  "read_only",
  "not_empty",
  "exists",
  "no_space",
] as const;

/** The files of a microVM, over the calls of its agent: a look is one call, and starts no program. */
export class VmFiles implements SandboxFiles {
  readonly #vm: MicroVM;

  constructor(vm: MicroVM) {
    this.#vm = vm;
  }

  async look(folders: readonly string[]): Promise<Map<string, Look>> {
    // One call for all: a call costs the VM more than the files in it. Where they are too many for one, each folder has its own.
    // Braces around a single name stand for themselves.
    const isOneCall = folders.length > 1 && PLAIN.test(folders.join(""));
    const all = isOneCall ? await this.#glob(`{${folders.join(",")}}/**`, "/") : undefined;
    const looks = folders.map(async (folder) => {
      const inside = all?.isCut === false ? all : await this.#glob("**", folder);
      return [folder, within(folder, inside)] as const;
    });
    return new Map(await Promise.all(looks));
  }

  async stat(path: string): Promise<Pick<SeenFile, "size" | "mtimeMs"> | undefined> {
    const found = await absent(this.#vm.files.stat(path));
    return found?.type === "file" ? found : undefined;
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    return await refusing(path, absent(this.#vm.files.read(path, { length: limit })));
  }

  stream(path: string): AsyncIterable<Uint8Array> {
    return this.#vm.files.readStream(path);
  }

  write(path: string, content: Uint8Array, { executable }: { executable?: boolean } = {}): Promise<void> {
    const o = executable === true ? { parents: true, mode: 0o755 } : { parents: true };
    return apart(() => refusing(path, this.#vm.files.write(path, content, o)));
  }

  writeStream(path: string, content: () => AsyncIterable<Uint8Array>): Promise<void> {
    return apart(() => refusing(path, this.#vm.files.writeStream(path, content, { parents: true })));
  }

  async remove(path: string): Promise<void> {
    await apart(() => refusing(path, absent(this.#vm.files.remove(path))));
  }

  async clear(path: string): Promise<void> {
    const argv = ["sh", "-c", CLEAR, "sh", path];
    const { exitCode, stderr } = await apart(() => this.#vm.exec({ argv, cwd: "/", timeoutMs: 60_000 }));
    if (exitCode !== 0) throw new FileRefused(`${path}: ${new TextDecoder().decode(stderr).trim()}`);
  }

  async given(folder: string): Promise<ReadonlySet<string>> {
    // Whatever came with the image belongs to root, and nothing else does.
    const argv = ["find", folder, "-mindepth", "1", "-maxdepth", "1", "-uid", "0", "-printf", "%f\\0"];
    const { stdout, exitCode } = await apart(() => this.#vm.exec({ argv, cwd: "/", timeoutMs: 30_000 }));
    return new Set(
      exitCode === 0
        ? new TextDecoder()
            .decode(stdout)
            .split("\0")
            .filter((name) => name !== "")
        : [],
    );
  }

  /** What matches, by absolute paths. */
  async #glob(pattern: string, base: string): Promise<Look> {
    const found = await absent(this.#vm.files.glob(pattern, base, { limit: MOST }));
    const files = (found?.entries ?? [])
      .filter(({ type }) => type !== "directory")
      .map(({ path, type, size, mtimeMs }): SeenFile => {
        const kind = type === "file" || type === "symlink" ? type : "other";
        return { path, type: kind, size, mtimeMs };
      });
    return { files, isCut: found?.truncated ?? false };
  }
}

/** A folder that nobody may write in gives nothing away. */
export const CLEAR = 'chmod -R u+rwx "$1" 2>/dev/null; rm -rf -- "$1"';

/** Names that mean nothing in a pattern. */
const PLAIN = /^[\w./-]+$/;

function within(folder: string, { files, isCut }: Look): Look {
  const inside = files.filter(({ path }) => path.startsWith(`${folder}/`));
  return { files: inside.map((file) => ({ ...file, path: file.path.slice(folder.length + 1) })), isCut };
}

/** What is done here is no part of a tool call: its names must not shift those of the call's own steps. */
function apart<T>(call: () => Promise<T>): Promise<T> {
  return withOperations(`kept.${randomUUID()}`, call);
}

async function absent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isMicroVMError(error, "not_found", "not_directory")) return undefined;
    throw error;
  }
}

async function refusing<T>(path: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isMicroVMError(error, ...ITS_OWN)) throw error;
    throw new FileRefused(`${path}: ${error.message}`, { cause: error });
  }
}
