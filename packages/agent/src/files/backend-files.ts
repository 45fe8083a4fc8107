import type { SandboxBackendProtocolV2 } from "deepagents";
import { AgentError } from "../errors.js";
import { quoted, transfers } from "../sandboxes/in-folder.js";
import { FileRefused, type Look, type SandboxFiles, type SeenFile } from "./sandbox-files.js";

/** What goes through memory as one piece; sandboxes of other services offer no stream. */
const LARGEST = 64 * 1024 * 1024;
const FIELDS = /^(.)\t(\d+)\t([\d.]+)\t([\s\S]+)$/;

/** The files of any sandbox that runs commands and transfers files. A look is one command. */
export class BackendFiles implements SandboxFiles {
  readonly #sandbox: SandboxBackendProtocolV2;
  readonly #given: ReadonlySet<string>;

  /** @param o.given names under `/skills` that came from this machine */
  constructor(sandbox: SandboxBackendProtocolV2, o: { given?: ReadonlySet<string> } = {}) {
    this.#sandbox = sandbox;
    this.#given = o.given ?? new Set();
  }

  async look(folders: readonly string[]): Promise<Map<string, Look>> {
    // In base64, because names may hold anything, and what carries the output may not.
    const find = `find ${folders.map(quoted).join(" ")} -mindepth 1 ! -type d -printf '%y\\t%s\\t%T@\\t%p\\0' 2>/dev/null | base64 -w0`;
    const { output, truncated } = await this.#sandbox.execute(find);
    const text = Buffer.from(output.trim(), "base64").toString("utf8");
    const files = text.split("\0").flatMap((line) => seenFile(line) ?? []);
    return new Map(
      folders.map((folder) => {
        const inside = files.filter(({ path }) => path.startsWith(`${folder}/`));
        return [
          folder,
          { files: inside.map((file) => ({ ...file, path: file.path.slice(folder.length + 1) })), isCut: truncated },
        ];
      }),
    );
  }

  async stat(path: string): Promise<Pick<SeenFile, "size" | "mtimeMs"> | undefined> {
    const { output, exitCode } = await this.#sandbox.execute(
      `test ! -L ${quoted(path)} && stat -c '%F\t%s\t%.6Y' ${quoted(path)}`,
    );
    const [type, size, seconds] = output.trim().split("\t");
    if (exitCode !== 0 || !type?.startsWith("regular")) return undefined;
    return { size: Number(size), mtimeMs: Number(seconds) * 1_000 };
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const [file] = await transfers(this.#sandbox).downloadFiles([path]);
    if (file?.error === "file_not_found") return undefined;
    if (!(file?.content instanceof Uint8Array)) throw new FileRefused(`${path}: ${file?.error ?? "no answer"}`);
    return file.content.subarray(0, limit);
  }

  async *stream(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    const { size } = (await this.stat(path)) ?? { size: 0 };
    if (size > LARGEST) throw tooLarge(path);
    const content = await this.read(path, LARGEST);
    if (content !== undefined) yield content;
  }

  async write(path: string, content: Uint8Array, { executable }: { executable?: boolean } = {}): Promise<void> {
    const [file] = await transfers(this.#sandbox).uploadFiles([[path, content]]);
    if (file === undefined || file.error) throw new FileRefused(`${path}: ${file?.error ?? "no answer"}`);
    if (executable === true) await this.#done(path, `chmod 755 ${quoted(path)}`);
  }

  async writeStream(path: string, content: () => AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of content()) {
      size += part.length;
      if (size > LARGEST) throw tooLarge(path);
      parts.push(part);
    }
    await this.write(path, Buffer.concat(parts));
  }

  async remove(path: string): Promise<void> {
    await this.#done(path, `rm -f -- ${quoted(path)}`);
  }

  async clear(path: string): Promise<void> {
    await this.#done(path, `chmod -R u+rwx ${quoted(path)} 2>/dev/null; rm -rf -- ${quoted(path)}`);
  }

  async given(folder: string): Promise<ReadonlySet<string>> {
    if (folder === "/skills") return this.#given;
    throw new AgentError("sandbox_failed", `Nobody knows what of ${folder} came with the sandbox; ask about /skills.`);
  }

  async #done(path: string, command: string): Promise<void> {
    const { exitCode, output } = await this.#sandbox.execute(command);
    if (exitCode !== 0) throw new FileRefused(`${path}: ${output.trim()}`);
  }
}

function seenFile(line: string): SeenFile | undefined {
  const [, kind, size, seconds, path] = FIELDS.exec(line) ?? [];
  if (path === undefined) return undefined;
  const type = kind === "f" ? "file" : kind === "l" ? "symlink" : "other";
  return { path, type, size: Number(size), mtimeMs: Math.round(Number(seconds) * 1_000_000) / 1_000 };
}

function tooLarge(path: string): FileRefused {
  return new FileRefused(`${path} has more than 64 MiB, which this sandbox cannot transfer`);
}
