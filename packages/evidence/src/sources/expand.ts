import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { EvidenceError, type EvidenceErrorCode } from "../errors.js";
import { DEFAULT_LIMITS, mebibytes, type SourceLimits } from "./limits.js";
import { isReadByName, kindOf, mediaTypeOf, READ_FORMATS } from "./media.js";
import { clause, noSource } from "./no-source.js";
import { fileError, readSourceFile, tooLarge } from "./read-file.js";

/** A file that a run may read as a source. Plain data: it is kept with the run. */
export interface SourceFile {
  /** `file:base-defi/01-aave.md`: what reports show. The place on this machine is nobody else's business. */
  uri: string;
  /** Absolute, links resolved. */
  path: string;
  mediaType: string;
  bytes: number;
  /** Given by its own name, not found in a folder: that it cannot be read is an error then. */
  isNamed: boolean;
  /** Under which of the given paths it was found first, from 0 on. */
  place: number;
}

/** The same file once its bytes are kept: any host can read it, whatever becomes of the path. Plain data, too. */
export interface KeptFile extends Omit<SourceFile, "path" | "place"> {
  sha256: string;
}

/** An article of the knowledge base that a run is given by name, as `choir:<id>`. Plain data, too. */
export interface GivenArticle {
  uri: `choir:${string}`;
  isNamed: true;
}

/** A file of a given folder that is not read, and why, in a sentence. */
export interface SkippedFile {
  uri: string;
  code: EvidenceErrorCode;
  reason: string;
}

const MAX_DEPTH = 12;
const HEAD_BYTES = 65_536;

/**
 * The source files under some paths, files or folders, each once, by name. In a folder, files that cannot be sources are
 * skipped and listed; so are README files, which describe the folder. Sizes are checked before anything is read.
 * @throws EvidenceError for a path that does not exist or a file given by name that cannot be read; `empty` if nothing is left;
 *   `too_large` if all files together are
 */
export async function expandSources(
  paths: readonly string[],
  limits: Partial<SourceLimits> = {},
): Promise<{ files: SourceFile[]; skipped: SkippedFile[] }> {
  const walk = new Walk({ ...DEFAULT_LIMITS, ...limits });
  for (const path of paths) await walk.add(path);
  return walk.result(paths);
}

class Walk {
  readonly #limits: SourceLimits;
  readonly #files = new Map<string, SourceFile>();
  readonly #skipped: SkippedFile[] = [];
  readonly #uris = new Set<string>();
  #total = 0;
  #place = -1;
  #overflow: EvidenceError | undefined;

  constructor(limits: SourceLimits) {
    this.#limits = limits;
  }

  async add(given: string): Promise<void> {
    this.#place += 1;
    const path = await resolved(given);
    const info = await stat(path);
    if (info.isDirectory()) {
      const label = this.#unused(basename(path) || "root");
      this.#uris.add(label);
      const before = this.#files.size + this.#skipped.length;
      await this.#folder(path, path, label, 0);
      if (this.#files.size + this.#skipped.length === before) {
        throw new EvidenceError("empty", `The folder ${given} has no files: put ${READ_FORMATS} files into it.`);
      }
    } else {
      if (info.size > this.#limits.fileBytes) throw tooLarge(given, info.size, this.#limits.fileBytes);
      await this.#file(path, this.#unused(basename(path)), true);
    }
  }

  result(paths: readonly string[]): { files: SourceFile[]; skipped: SkippedFile[] } {
    const files = [...this.#files.values()];
    if (files.length > 0) return { files, skipped: this.#skipped };
    const [first] = this.#skipped;
    const why = first ? ` (${decodeURI(first.uri)}: ${clause(first.reason)})` : "";
    throw new EvidenceError(
      "empty",
      `There is no source that can be read in ${paths.join(", ") || "the given paths"}${why}: name ${READ_FORMATS} files.`,
    );
  }

  async #folder(root: string, folder: string, label: string, depth: number): Promise<void> {
    for (const entry of await entriesOf(folder)) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folder, entry.name);
      const name = `${label}/${entry.name}`;
      await this.#skipping(name, async () => {
        const target = await resolved(path);
        if (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep)) {
          throw new EvidenceError("outside", `It is a link that leaves the folder ${root}.`);
        }
        const info = await stat(target);
        if (info.isDirectory()) {
          // A link to a folder inside would be walked twice, or for ever.
          if (entry.isSymbolicLink()) return;
          if (depth >= MAX_DEPTH) throw new EvidenceError("unsupported", "Its folders are nested too deeply.");
          await this.#folder(root, path, name, depth + 1);
          return;
        }
        if (/^readme(?:\.|$)/i.test(entry.name))
          throw new EvidenceError("unsupported", "It describes the folder; name it directly to use it as a source.");
        if (info.isFile() && !isReadByName(entry.name))
          throw new EvidenceError("unsupported", `It is not ${READ_FORMATS}.`);
        if (info.size > this.#limits.fileBytes) throw tooLarge("It", info.size, this.#limits.fileBytes);
        await this.#file(target, name, false);
      });
    }
  }

  async #file(path: string, name: string, isNamed: boolean): Promise<void> {
    const known = this.#files.get(path);
    if (known) {
      known.isNamed ||= isNamed;
      return;
    }
    const { fileBytes, totalBytes, files } = this.#limits;
    const head = await readSourceFile(path, { maxBytes: fileBytes, head: HEAD_BYTES });
    if (head.length === 0)
      throw new EvidenceError("empty", isNamed ? `${path} is empty: name a file with text in it.` : "It is empty.");
    const mediaType = mediaTypeOf(path);
    const found = kindOf(head, mediaType, path);
    if (found.kind === undefined)
      throw new EvidenceError("unsupported", isNamed ? noSource(path, found.reason) : found.reason);
    const { size } = await stat(path);
    this.#total += size;
    if (this.#total > totalBytes || this.#files.size >= files) {
      const what = this.#total > totalBytes ? mebibytes(totalBytes) : `${files} files`;
      this.#overflow = new EvidenceError(
        "too_large",
        `The sources are more than ${what} together: give fewer of them.`,
      );
      throw this.#overflow;
    }
    this.#uris.add(name);
    const uri = `file:${encodeURI(name)}`;
    this.#files.set(path, { uri, path, mediaType, bytes: size, isNamed, place: this.#place });
  }

  /** What is wrong with one file of a folder is said and passed over; too much in all is not. */
  async #skipping(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof EvidenceError && error !== this.#overflow) {
        this.#skipped.push({ uri: `file:${encodeURI(name)}`, code: error.code, reason: error.message });
      } else throw error;
    }
  }

  #unused(name: string): string {
    let label = name;
    for (let n = 2; this.#uris.has(label); n++) label = `${name}~${n}`;
    return label;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw fileError(folder, error);
  }
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw fileError(path, error);
  }
}
