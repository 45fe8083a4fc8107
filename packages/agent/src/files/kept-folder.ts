import { createHash } from "node:crypto";
import { BackboneError } from "@vibewriter/backbone";
import { sha256 as digest } from "../canonical.js";
import type { FileContent, FileTree, TreeFile } from "./file-tree.js";
import type { Manifest } from "./manifest.js";
import { FileRefused, type Look, type SandboxFiles, type SeenFile } from "./sandbox-files.js";

/** Up to here a file is read whole, so that one that changes meanwhile is noticed before it is stored. Larger ones are streamed. */
const WHOLE = 8 * 1024 * 1024;
/** A larger file is not kept. */
const LARGEST = 512 * 1024 * 1024;
/** Files of one folder that are kept. */
const MOST_FILES = 10_000;
/** Folders of what can be made again, and of which there is much. */
const PASSED_OVER = /(^|\/)(node_modules|__pycache__|\.venv|\.cache)\//;
const AT_ONCE = 4;
const TRIES = 3;

/** What a person is to know about a synchronisation. */
export interface Notice {
  /** The same for the same thing: told once. */
  readonly id: string;
  readonly text: string;
}

export interface KeptFolderOptions {
  /** Its absolute path in the sandbox. */
  readonly root: string;
  readonly tree: FileTree;
  readonly sandbox: SandboxFiles;
  readonly manifest: Manifest;
  /** Not kept: what somebody else puts there. */
  readonly isForeign?: (path: string) => boolean;
}

/** One folder of a sandbox and the tree that keeps it. What has changed on one side goes to the other; what has on both, stays on both. */
export class KeptFolder {
  readonly root: string;
  readonly #o: KeptFolderOptions;
  /** Read in the last synchronisation: a change within the same tick of the clock would not show in their times. */
  #fresh = new Set<string>();
  /** Refused as they are; once that is sure, which takes a second look for the same reason, they are not read until they change. */
  readonly #refused = new Map<string, { file: Stamp; isSure: boolean }>();

  constructor(o: KeptFolderOptions) {
    this.root = o.root;
    this.#o = o;
  }

  get manifest(): Manifest {
    return this.#o.manifest;
  }

  /** Brings both sides together. `look` is what the sandbox shows now. @returns files that were moved, and what to tell */
  async sync(look: Look, writer: string): Promise<{ moved: number; notices: Notice[] }> {
    const { tree, manifest } = this.#o;
    const stored = await tree.files();
    const notices: Notice[] = [];
    const { seen, left, isCut } = this.#sort(look, notices);
    const fresh = this.#fresh;
    this.#fresh = new Set();
    const paths = new Set([...seen.keys(), ...stored.keys(), ...manifest.files.keys()]);
    const changed = [...paths].filter((path) => {
      if (left.has(path) || this.#isPassedOver(path)) return false;
      const [now, base] = [seen.get(path), manifest.files.get(path)];
      // What a cut look does not show may be there.
      if (now === undefined && isCut) return false;
      const isSameThere = stored.get(path)?.sha256 === base?.sha256;
      const refused = this.#refused.get(path);
      if (refused?.isSure && isSameThere && isUntouched(now, refused.file)) return false;
      return fresh.has(path) || !isUntouched(now, base) || !isSameThere;
    });
    let moved = 0;
    const next = changed.values();
    const work = async () => {
      for (const path of next) {
        if (await this.#settle({ path, seen: seen.get(path), stored: stored.get(path), writer, notices })) moved++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await manifest.save();
    return { moved, notices };
  }

  /** What is there and to be kept, by path, and what is there and left alone. */
  #sort(look: Look, notices: Notice[]) {
    const seen = new Map<string, SeenFile>();
    const left = new Set<string>();
    let { isCut } = look;
    for (const file of look.files) {
      if (this.#isPassedOver(file.path)) continue;
      const why = whyNot(file);
      if (why !== undefined) {
        left.add(file.path);
        notices.push(this.#notKept(file.path, why));
      } else if (seen.size >= MOST_FILES) isCut = true;
      else seen.set(file.path, file);
    }
    if (isCut) notices.push(this.#notKept("…", `it has more than the ${MOST_FILES} files that are kept of a folder`));
    return { seen, left, isCut };
  }

  #isPassedOver(path: string): boolean {
    return PASSED_OVER.test(path) || !isPlain(path) || this.#o.isForeign?.(path) === true;
  }

  async #settle(o: Case): Promise<boolean> {
    try {
      return await this.#bringTogether(o);
    } catch (error) {
      const isItsOwn =
        error instanceof FileRefused ||
        (error instanceof BackboneError && ["invalid", "corrupt", "secret_found", "too_large"].includes(error.code));
      if (!isItsOwn) throw error;
      const { path, seen } = o;
      if (seen !== undefined) {
        this.#refused.set(path, { file: seen, isSure: isUntouched(seen, this.#refused.get(path)?.file) });
      }
      o.notices.push(this.#notKept(path, error.message));
      return false;
    }
  }

  /** True if a file went from one side to the other. */
  async #bringTogether(o: Case): Promise<boolean> {
    const { manifest, tree } = this.#o;
    const { path, seen, stored } = o;
    const base = manifest.files.get(path);
    if (seen === undefined) {
      if (stored === undefined) manifest.delete(path);
      else if (base === undefined || stored.sha256 !== base.sha256) return await this.#pull(path, stored);
      else if (await tree.remove(path, { expected: stored.version, writer: o.writer })) {
        manifest.delete(path);
        return true;
      } else return await this.#pull(path, stored);
      return false;
    }
    const content = await this.#read(path, seen);
    if (content === undefined) return false; // Gone, or still changing: the next time.
    const { sha256 } = content;
    const isChanged = sha256 !== base?.sha256;
    if (stored?.sha256 === sha256) {
      this.#agree(path, content, stored);
      return false;
    }
    if (!isChanged && stored === undefined) {
      // Deleted there, and the same here.
      await this.#o.sandbox.remove(this.#path(path));
      manifest.delete(path);
      return true;
    }
    if (!isChanged && stored !== undefined) return await this.#pull(path, stored);
    const written = await tree.write(path, content.bytes, { expected: stored?.version ?? 0, writer: o.writer, sha256 });
    // Somebody was faster: what they wrote is the newest, and what was written here is kept beside it. The next time brings them together.
    if (written.isConflict) return true;
    if (written.isHeldBack) {
      o.notices.push(this.#heldBack(path, sha256));
      if (stored !== undefined) return await this.#pull(path, stored);
      await this.#o.sandbox.remove(this.#path(path));
      manifest.delete(path);
      return true;
    }
    this.#agree(path, content, written.file);
    if (stored !== undefined && stored.sha256 !== base?.sha256) o.notices.push(this.#conflict(path, stored));
    return true;
  }

  async #pull(path: string, stored: TreeFile): Promise<boolean> {
    const { sandbox, tree, manifest } = this.#o;
    const target = this.#path(path);
    if (stored.size <= WHOLE) await sandbox.write(target, await whole(tree.read(path)));
    else await sandbox.writeStream(target, () => tree.read(path));
    const now = await sandbox.stat(target);
    if (now === undefined) return false;
    const { sha256, version } = stored;
    manifest.set(path, { sha256, version, size: now.size, mtimeMs: now.mtimeMs });
    return true;
  }

  /** The content of a file that did not change while it was read, with its digest; `undefined` if it went away or will not keep still. */
  async #read(path: string, seen: SeenFile): Promise<Content | undefined> {
    const { sandbox } = this.#o;
    const target = this.#path(path);
    let before: Stamp = seen;
    for (let tries = 0; tries < TRIES; tries++) {
      const isWhole = before.size <= WHOLE;
      const bytes = isWhole ? await sandbox.read(target, WHOLE + 1) : () => sandbox.stream(target);
      if (bytes === undefined) return undefined;
      const sha256 = bytes instanceof Uint8Array ? digest(bytes) : await digestOf(bytes());
      const after = await sandbox.stat(target);
      if (after === undefined) return undefined;
      if (after.size === before.size && after.mtimeMs === before.mtimeMs) {
        if (isWhole) this.#fresh.add(path);
        return { bytes, sha256, ...after };
      }
      before = after;
    }
    return undefined;
  }

  #agree(path: string, { sha256, size, mtimeMs }: Content, { version }: TreeFile): void {
    const { manifest } = this.#o;
    const base = manifest.files.get(path);
    if (base?.sha256 === sha256 && base.version === version && base.size === size && base.mtimeMs === mtimeMs) {
      this.#fresh.delete(path); // Read twice, and the same: from here on its times tell.
      return;
    }
    manifest.set(path, { sha256, version, size, mtimeMs });
  }

  #path(path: string): string {
    return `${this.root}/${path}`;
  }

  #notKept(path: string, why: string): Notice {
    const text = `${this.root}/${path} is not kept outside of the VM: ${why.replace(/\.$/, "")}.`;
    return { id: `kept.refused.${digest(Buffer.from(text)).slice(0, 16)}`, text };
  }

  #heldBack(path: string, sha256: string): Notice {
    const text =
      `A program changed ${this.root}/${path}, and nobody has allowed that. What it wrote is kept aside, and the file is what it was: ` +
      "vibewriter memory proposed";
    return { id: `kept.held.${digest(Buffer.from(`${path} ${sha256}`)).slice(0, 16)}`, text };
  }

  #conflict(path: string, theirs: TreeFile): Notice {
    const who = theirs.writer === undefined ? "somebody else" : theirs.writer;
    const text =
      `${this.root}/${path} was changed here and, at the same time, by ${who}. Both are kept: the one from here is the newest, ` +
      `the other is version ${theirs.version}: ${this.#o.tree.nameOf(path, theirs.version)}`;
    return { id: `kept.conflict.${theirs.version}.${digest(Buffer.from(path)).slice(0, 8)}`, text };
  }
}

type Stamp = Pick<SeenFile, "size" | "mtimeMs">;

interface Case {
  readonly path: string;
  readonly seen: SeenFile | undefined;
  readonly stored: TreeFile | undefined;
  readonly writer: string;
  readonly notices: Notice[];
}

interface Content {
  readonly bytes: FileContent;
  readonly sha256: string;
  readonly size: number;
  readonly mtimeMs: number;
}

function whyNot({ type, size, path }: SeenFile): string | undefined {
  if (type === "symlink") return "it is a link, and links are not followed";
  if (type === "other") return "it is not a file";
  if (path.includes("\uFFFD")) return "its name is not UTF-8";
  return size > LARGEST ? "it has more than 512 MiB" : undefined;
}

/** Whatever a person has put into the store, it leads to no other folder. */
function isPlain(path: string): boolean {
  return path.split("/").every((name) => name !== "" && name !== "." && name !== "..") && !path.includes("\0");
}

function isUntouched(now: Stamp | undefined, base: Stamp | undefined): boolean {
  return now?.size === base?.size && now?.mtimeMs === base?.mtimeMs;
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

async function digestOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const sha = createHash("sha256");
  for await (const part of source) sha.update(part);
  return sha.digest("hex");
}
