import { z } from "zod";
import type { Look, SandboxFiles, SeenFile } from "./sandbox-files.js";

/** A file as it was, here and there alike, when the folder was last synchronised. */
const KeptFile = z.object({ sha256: z.string(), version: z.number(), size: z.number(), mtimeMs: z.number() });
export type KeptFile = z.infer<typeof KeptFile>;

const Content = z.object({ format: z.literal(1), files: z.record(z.string(), KeptFile) });

/** Longer ones are not read: a folder of 10,000 files needs less. */
const LONGEST = 16 * 1024 * 1024;

/** Where the manifests of a sandbox are. */
export const MANIFESTS = "/var/tmp/vibewriter/kept";

/**
 * What a folder of a sandbox had in common with the store when they were last brought together. It lies in the sandbox itself, beside the
 * files that it is about: a disk that is lost, restored or copied takes it along. Without one, the folder counts as new.
 */
export class Manifest {
  readonly files = new Map<string, KeptFile>();
  readonly #sandbox: SandboxFiles;
  readonly #name: string;
  /** Of the file that was last read or written; absent: there was none. */
  #known: Stamp | undefined;
  #isDirty = false;

  /** @param name of a folder, any text */
  constructor(sandbox: SandboxFiles, name: string) {
    this.#sandbox = sandbox;
    this.#name = `${encodeURIComponent(name)}.json`;
  }

  /**
   * Reads it again if it is another than the one that is known: a second run of the agent may have written it, or the sandbox is a new one.
   * False if there is none.
   */
  async refresh(look: Look): Promise<boolean> {
    const seen = look.files.find(({ path }) => path === this.#name);
    if (seen !== undefined && seen.size === this.#known?.size && seen.mtimeMs === this.#known.mtimeMs) return true;
    const bytes = seen && (await this.#sandbox.read(this.#path, LONGEST));
    const files = bytes && parse(bytes);
    this.files.clear();
    for (const [path, file] of files ?? []) this.files.set(path, file);
    this.#known = files && seen;
    this.#isDirty = files === undefined;
    return files !== undefined;
  }

  set(path: string, file: KeptFile): void {
    this.files.set(path, file);
    this.#isDirty = true;
  }

  delete(path: string): void {
    if (this.files.delete(path)) this.#isDirty = true;
  }

  /** Writes it down if it has changed. */
  async save(): Promise<void> {
    if (!this.#isDirty) return;
    const content = { format: 1, files: Object.fromEntries(this.files) };
    await this.#sandbox.write(this.#path, new TextEncoder().encode(JSON.stringify(content)));
    this.#known = await this.#sandbox.stat(this.#path);
    this.#isDirty = false;
  }

  get #path(): string {
    return `${MANIFESTS}/${this.#name}`;
  }
}

type Stamp = Pick<SeenFile, "size" | "mtimeMs">;

/** The programs of a sandbox can write there too: what cannot be read is as good as none. */
function parse(bytes: Uint8Array): Map<string, KeptFile> | undefined {
  try {
    const { files } = Content.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return new Map(Object.entries(files));
  } catch {
    return undefined;
  }
}
