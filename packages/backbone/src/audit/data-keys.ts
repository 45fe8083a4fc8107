import { randomBytes, randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BackboneError, reason } from "../errors.js";
import { InTurn } from "../in-turn.js";
import type { Secrets } from "../secrets/secrets.js";
import { chainName, sha256 } from "./record.js";

const KeyFile = z.strictObject({ v: z.literal(1), key: z.string().regex(/^[A-Za-z0-9_-]{43}$/), at: z.string() });

/** What the contents of one agent's records are encrypted under on this host. */
export interface DataKey {
  /** The beginning of its SHA-256: names it, and says nothing of it. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A key as it was read. */
interface Known {
  readonly key: DataKey;
  /** Which file it was read from: another one of the same name has another key. */
  readonly file: string;
  /** Keeps it out of everything. */
  readonly secret: Disposable;
}

/** Not what is being made or destroyed beside it. */
const KEY_FILE = /^([A-Za-z0-9_-]+)\.json$/;
/** What a file ends with that a key was in which is being destroyed. */
const GONE = ".gone";

/**
 * The keys of this host for the contents of the audit, one file an agent, `<folder>/<agent>.json`. They are not on NATS: without its key what the
 * stream has of an agent is noise, also in a backup of the stream, and its chain can be verified all the same.
 */
export class DataKeys {
  readonly #folder: string;
  readonly #secrets: Pick<Secrets, "register">;
  readonly #known = new Map<string, Known>();
  /** For each name: a key that is being destroyed is not read meanwhile. */
  readonly #turns = new Map<string, InTurn>();

  constructor(folder: string, secrets: Pick<Secrets, "register">) {
    this.#folder = folder;
    this.#secrets = secrets;
  }

  /** The key of an agent, made if there is none. @throws BackboneError `bad_config` for a file that is no key, or cannot be written */
  of(agent: string): Promise<DataKey> {
    const name = chainName(agent);
    return this.#inTurn(name, async () => {
      for (;;) {
        const key = await this.#current(name);
        if (key !== undefined) return key;
        // Of two that make one at the same time both have the one that is there.
        await this.#make(name);
      }
    });
  }

  /** The key of an agent, if there is one. @throws BackboneError `bad_config` for a file that is no key */
  find(agent: string): Promise<DataKey | undefined> {
    const name = chainName(agent);
    return this.#inTurn(name, () => this.#current(name));
  }

  /**
   * Destroys the key of an agent: nobody reads what was encrypted under it any more. Cut off, it is done by doing it again.
   * @returns whether there was one
   */
  destroy(agent: string): Promise<boolean> {
    const name = chainName(agent);
    return this.#inTurn(name, async () => {
      const path = this.#path(name);
      try {
        // Out of the way first: no other process reads a key that is half written over.
        await rename(path, `${path}.${randomUUID()}${GONE}`);
      } catch (error) {
        if (!isCode(error, "ENOENT")) throw error;
      }
      const files = (await this.#files()).filter((file) => file.startsWith(`${name}.json.`) && file.endsWith(GONE));
      for (const file of files) await writeOver(join(this.#folder, file));
      this.#forget(name);
      return files.length > 0;
    });
  }

  /**
   * The files of all keys as they are now, each of them whole, for a backup; one that is destroyed meanwhile is not among them.
   * @throws BackboneError `bad_config` for a file that is no key
   */
  async files(): Promise<{ name: string; content: string }[]> {
    const kept: { name: string; content: string }[] = [];
    for (const file of (await this.#files()).sort()) {
      const name = KEY_FILE.exec(file)?.[1];
      if (name === undefined) continue;
      const content = await this.#inTurn(name, async () => {
        if ((await this.#current(name)) === undefined) return undefined;
        const read = await readAt(this.#path(name));
        return read !== undefined && keyIn(read.text) !== undefined ? read.text : undefined;
      });
      if (content !== undefined) kept.push({ name: file, content });
    }
    return kept;
  }

  async #files(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (isCode(error, "ENOENT")) return [];
      throw error;
    }
  }

  /** The key that is there now, also after another process has destroyed or made one. */
  async #current(name: string): Promise<DataKey | undefined> {
    const path = this.#path(name);
    for (;;) {
      const file = await fileAt(path);
      const known = this.#known.get(name);
      if (known !== undefined && known.file === file) return known.key;
      this.#forget(name);
      if (file === undefined) return undefined;
      const read = await readAt(path);
      const bytes = read === undefined ? undefined : keyIn(read.text);
      if (read !== undefined && bytes !== undefined) return this.#keep(name, bytes, read.file);
      // Gone, or destroyed while it was read: what is there now?
      if ((await fileAt(path)) !== file) continue;
      const message = `${path} is no key of the audit; restore it, or remove it: what it has encrypted is then lost.`;
      throw new BackboneError("bad_config", message);
    }
  }

  #keep(name: string, bytes: Uint8Array, file: string): DataKey {
    const secret = this.#secrets.register("audit-data-key", Buffer.from(bytes).toString("base64url"));
    const key = { id: sha256(bytes).slice(0, 16), bytes };
    this.#known.set(name, { key, file, secret });
    return key;
  }

  #forget(name: string): void {
    this.#known.get(name)?.secret[Symbol.dispose]();
    this.#known.delete(name);
  }

  #inTurn<T>(name: string, act: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(name) ?? new InTurn();
    this.#turns.set(name, turn);
    return turn.do(act);
  }

  async #make(name: string): Promise<void> {
    const path = this.#path(name);
    const beside = `${path}.${randomUUID()}`;
    const key = randomBytes(32).toString("base64url");
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      {
        await using file = await open(beside, "wx", 0o600);
        await file.writeFile(`${JSON.stringify({ v: 1, key, at: new Date().toISOString() })}\n`);
        await file.sync();
      }
      await link(beside, path);
    } catch (cause) {
      if (!isCode(cause, "EEXIST")) {
        throw new BackboneError("bad_config", `${path} cannot be written (${reason(cause)}): see to its folder.`, {
          cause,
        });
      }
    } finally {
      await rm(beside, { force: true });
    }
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}

/** Tells a file from any other that was or will be there; undefined if there is none. */
async function fileAt(path: string): Promise<string | undefined> {
  try {
    return idOf(await stat(path, { bigint: true }));
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function idOf({ ino, mtimeNs, size }: BigIntStats): string {
  return `${ino} ${mtimeNs} ${size}`;
}

async function readAt(path: string): Promise<{ text: string; file: string } | undefined> {
  try {
    await using handle = await open(path, "r");
    return { file: idOf(await handle.stat({ bigint: true })), text: await handle.readFile("utf8") };
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function keyIn(text: string): Uint8Array | undefined {
  try {
    return Buffer.from(KeyFile.parse(JSON.parse(text)).key, "base64url");
  } catch {
    return undefined; // Whoever asked says what to do about it.
  }
}

async function writeOver(path: string): Promise<void> {
  try {
    await using file = await open(path, "r+");
    // What a disk makes of that is its own affair; a file system that copies on write keeps the old block for a while.
    await file.write(randomBytes((await file.stat()).size), 0, undefined, 0);
    await file.sync();
  } catch (error) {
    // Another process has done it.
    if (!isCode(error, "ENOENT")) throw error;
  }
  await rm(path, { force: true });
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
