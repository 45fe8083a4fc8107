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
import { AgentError, errorCode } from "../errors.js";

/** The approver's ed25519 key of one home: a PEM file that only its owner can read. */
export class ApprovalKey {
  readonly #private: KeyObject;
  readonly #public: KeyObject;

  private constructor(key: KeyObject) {
    this.#private = key;
    this.#public = createPublicKey(key);
  }

  /**
   * Reads the key, or makes it if there is none; of two processes that make it at once one wins and both use that one.
   * @throws AgentError `output_failed` if the file can be read by others, is no ed25519 key, or cannot be written
   */
  static async open(path: string): Promise<ApprovalKey> {
    try {
      return await ApprovalKey.#read(path);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
    await make(path);
    return await ApprovalKey.#read(path);
  }

  static async #read(path: string): Promise<ApprovalKey> {
    const pem = await readFile(path, "utf8");
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new AgentError("output_failed", `The approval key ${path} can be read by others; run chmod 600 on it.`);
    }
    try {
      const key = createPrivateKey(pem);
      if (key.asymmetricKeyType !== "ed25519") throw new Error(`It is a key of the type ${key.asymmetricKeyType}.`);
      return new ApprovalKey(key);
    } catch (cause) {
      const message = `${path} is not an approval key; remove it and a new one is made, open questions must then be answered again.`;
      throw new AgentError("output_failed", message, { cause });
    }
  }

  /** Keeps the key out of everything that is stored, for as long as the process lives: not only its file, also the bytes alone. */
  keepOutOf(secrets: Secrets): void {
    const pem = this.#private.export({ type: "pkcs8", format: "pem" }).toString();
    secrets.register("approval-key", pem.replaceAll(/-----[^-]+-----|\s/g, ""));
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

async function make(path: string): Promise<void> {
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
      throw new AgentError("output_failed", `The approval key ${path} cannot be written; make its folder writable.`, {
        cause,
      });
    }
  } finally {
    await rm(beside, { force: true });
  }
}
