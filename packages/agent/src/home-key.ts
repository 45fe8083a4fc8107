import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { chmod, link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Secrets } from "@vibewriter/backbone";
import { AgentError, errorCode } from "./errors.js";

/** What a home signs with a key, for messages. */
export type KeyPurpose = "approval" | "report" | "audit";

/** What a new key costs. */
const AGAIN: Readonly<Record<KeyPurpose, string>> = {
  approval: "open questions must then be answered again",
  report: "drafts are then checked again",
  audit: "what the old one has signed then needs its public half, which each anchor has",
};

/** An ed25519 key that a home signs approvals, reports or the ends of the audit with: a PEM file that only its owner can read. */
export class HomeKey {
  readonly #private: KeyObject;
  readonly #public: KeyObject;
  readonly #purpose: KeyPurpose;

  private constructor(key: KeyObject, purpose: KeyPurpose) {
    this.#private = key;
    this.#public = createPublicKey(key);
    this.#purpose = purpose;
  }

  /**
   * Reads the key, or makes it if there is none; of two processes that make it at once one wins and both use that one.
   * @throws AgentError `output_failed` if the file can be read by others, is no ed25519 key, or cannot be written
   */
  static async open(path: string, purpose: KeyPurpose): Promise<HomeKey> {
    try {
      return await HomeKey.#read(path, purpose);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
    await make(path, purpose);
    return await HomeKey.#read(path, purpose);
  }

  static async #read(path: string, purpose: KeyPurpose): Promise<HomeKey> {
    const pem = await readFile(path, "utf8");
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new AgentError("output_failed", `The ${purpose} key ${path} can be read by others; run chmod 600 on it.`);
    }
    try {
      const key = createPrivateKey(pem);
      if (key.asymmetricKeyType !== "ed25519") throw new Error(`It is a key of the type ${key.asymmetricKeyType}.`);
      return new HomeKey(key, purpose);
    } catch (cause) {
      const message = `${path} is no ${purpose} key; remove it and a new one is made, ${AGAIN[purpose]}.`;
      throw new AgentError("output_failed", message, { cause });
    }
  }

  /** Keeps the key out of everything that is stored, for as long as the process lives: not only its file, also the bytes alone. */
  keepOutOf(secrets: Secrets): void {
    const pem = this.#private.export({ type: "pkcs8", format: "pem" }).toString();
    secrets.register(`${this.#purpose}-key`, pem.replaceAll(/-----[^-]+-----|\s/g, ""));
  }

  /** The public half, PEM. */
  get publicKey(): string {
    return this.#public.export({ type: "spki", format: "pem" }).toString();
  }

  /** A signature over text, base64url. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#private).toString("base64url");
  }

  /** Whether this key made that signature over that text. */
  verify(text: string, signature: string): boolean {
    const bytes = Buffer.from(signature, "base64url");
    return bytes.length === 64 && verify(null, Buffer.from(text), this.#public, bytes);
  }
}

async function make(path: string, purpose: KeyPurpose): Promise<void> {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  const beside = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await using file = await open(beside, "wx", 0o600);
    await file.writeFile(pem);
    await file.sync();
    await chmod(beside, 0o600);
    await link(beside, path);
  } catch (cause) {
    if (errorCode(cause) !== "EEXIST") {
      throw new AgentError("output_failed", `The ${purpose} key ${path} cannot be written; make its folder writable.`, {
        cause,
      });
    }
  } finally {
    await rm(beside, { force: true });
  }
}
