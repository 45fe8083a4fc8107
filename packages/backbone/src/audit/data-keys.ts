import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BackboneError, reason } from "../errors.js";
import type { Secrets } from "../secrets/secrets.js";
import { chainName, sha256 } from "./record.js";

const KeyFile = z.strictObject({ v: z.literal(1), key: z.string().regex(/^[A-Za-z0-9_-]{43}$/), at: z.string() });

/** AES-256-GCM: the bytes of the nonce and of the tag, which stand in front of what is encrypted. */
const IV = 12;
const TAG = 16;

/** What the contents of one agent's records are encrypted under on this host. */
export interface DataKey {
  /** The beginning of its SHA-256: names it, and says nothing of it. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * The keys of this host for the contents of the audit, one file an agent, `<folder>/<agent>.json`. They are not on NATS: without its key what the
 * stream has of an agent is noise, also in a backup of the stream, and its chain can be verified all the same.
 */
export class DataKeys {
  readonly #folder: string;
  readonly #secrets: Pick<Secrets, "register">;
  readonly #known = new Map<string, Promise<DataKey>>();

  constructor(folder: string, secrets: Pick<Secrets, "register">) {
    this.#folder = folder;
    this.#secrets = secrets;
  }

  /** The key of an agent, made if there is none. @throws BackboneError `bad_config` for a file that is no key, or cannot be written */
  of(agent: string): Promise<DataKey> {
    const name = chainName(agent);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const key = this.#open(name);
    this.#known.set(name, key);
    // The next one tries anew.
    key.catch(() => this.#known.delete(name));
    return key;
  }

  /** The key of an agent, if there is one. */
  async find(agent: string): Promise<DataKey | undefined> {
    const name = chainName(agent);
    return this.#known.get(name) ?? ((await this.agents()).includes(name) ? await this.of(name) : undefined);
  }

  /** The agents that have one, as their chains are named. */
  async agents(): Promise<string[]> {
    try {
      const names = await readdir(this.#folder);
      return names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
    } catch (error) {
      if (isCode(error, "ENOENT")) return [];
      throw error;
    }
  }

  /** Destroys the key of an agent: nobody reads what was encrypted under it any more. @returns whether there was one */
  async destroy(agent: string): Promise<boolean> {
    const name = chainName(agent);
    const path = this.#path(name);
    this.#known.delete(name);
    try {
      await using file = await open(path, "r+");
      // What a disk makes of that is its own affair; a file system that copies on write keeps the old block for a while.
      await file.write(randomBytes((await file.stat()).size), 0, undefined, 0);
      await file.sync();
    } catch (error) {
      if (isCode(error, "ENOENT")) return false;
      throw error;
    }
    await rm(path, { force: true });
    return true;
  }

  async #open(name: string): Promise<DataKey> {
    const key = (await this.#read(name)) ?? (await this.#make(name));
    this.#secrets.register("audit-data-key", Buffer.from(key).toString("base64url"));
    return { id: sha256(key).slice(0, 16), bytes: key };
  }

  async #read(name: string): Promise<Uint8Array | undefined> {
    const path = this.#path(name);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
    try {
      return Buffer.from(KeyFile.parse(JSON.parse(text)).key, "base64url");
    } catch (cause) {
      const message = `${path} is no key of the audit; restore it, or remove it: what it has encrypted is then lost.`;
      throw new BackboneError("bad_config", message, { cause });
    }
  }

  async #make(name: string): Promise<Uint8Array> {
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
    // Of two that make one at the same time both have the one that is there.
    return (await this.#read(name)) ?? Buffer.from(key, "base64url");
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}

/** Encrypts a text for a record; `about` is part of what the tag vouches for. */
export function seal(text: string, key: DataKey, about: string): string {
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, iv);
  cipher.setAAD(Buffer.from(about));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), data]).toString("base64");
}

/** What {@link seal} has encrypted; undefined if it was another key, or is not what was encrypted. */
export function unseal(sealed: string, key: DataKey, about: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(0, IV), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(about));
    decipher.setAuthTag(bytes.subarray(IV, IV + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]).toString("utf8");
  } catch {
    return undefined; // There is only one way to fail: it does not fit.
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
