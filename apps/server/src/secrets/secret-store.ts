import { randomBytes } from "node:crypto";
import { join } from "node:path";
import {
  decryptFields,
  encryptedFieldsSchema,
  encryptFields,
  InTurn,
  openBox,
  passphraseSecret,
  type SealedBox,
  type Secrets,
  sealBox,
  sealedBoxSchema,
} from "@vibewriter/backbone";
import { type KeystoreFile, namesIn, readPrivate, removePrivate, writePrivate } from "@vibewriter/choir";
import { z } from "zod";
import { ServerError } from "../errors.js";
import type { SecretInfo } from "./api.js";
import { nameIn, SecretName } from "./reference.js";

/** A secret as it lies in a file, encrypted under the key of the store. */
const StoredSecret = z.strictObject({
  v: z.literal(1),
  name: SecretName,
  setAt: z.iso.datetime(),
  rotatedAt: z.iso.datetime().optional(),
  ...encryptedFieldsSchema.shape,
});
type StoredSecret = z.infer<typeof StoredSecret>;

/** The key of the store: as it is where the home has no passphrase, else sealed under it; while that changes, under both. */
const StoreKey = z.union([
  z.strictObject({ v: z.literal(1), key: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
  z.strictObject({ v: z.literal(1), boxes: z.array(sealedBoxSchema).min(1).max(3) }),
]);

const KEY_FILE = "secrets.key.json";
const ABOUT = "vibewriter secrets";
const LEAST = 8;
const MOST = 16_384;

/**
 * The secrets of a home by name: files under `keys/secrets/`, encrypted under one key, which the passphrase of the home encrypts if it has one. They are
 * opened when the server starts, handed out at the moment of use, and kept out of everything that is written down.
 */
export class SecretStore {
  readonly #folder: string;
  readonly #secrets: Pick<Secrets, "register">;
  readonly #key: Uint8Array;
  readonly #values = new Map<string, { info: SecretInfo; value: string }>();
  readonly #turn = new InTurn();

  private constructor(folder: string, secrets: Pick<Secrets, "register">, key: Uint8Array) {
    this.#folder = folder;
    this.#secrets = secrets;
    this.#key = key;
  }

  /**
   * @param o.folder `<home>/keys`
   * @throws ServerError `keystore_locked` for another passphrase than they were encrypted under, `bad_config` for a damaged file
   */
  static async open(o: {
    folder: string;
    passphrase?: string;
    secrets: Pick<Secrets, "register">;
  }): Promise<SecretStore> {
    const key = await openKey(o.folder, o.passphrase);
    o.secrets.register("secrets-key", Buffer.from(key).toString("base64url"));
    const store = new SecretStore(o.folder, o.secrets, key);
    await store.#read();
    return store;
  }

  /** By name; their values are not among what is said. */
  list(): SecretInfo[] {
    return [...this.#values.values()].map(({ info }) => info).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Keeps a new one. @throws ServerError `exists`, `bad_request` for a value that is too short to be one */
  async set(name: string, value: string): Promise<SecretInfo> {
    return await this.#turn.do(async () => {
      if (this.#values.has(name)) {
        throw new ServerError(
          "exists",
          `There is a secret ${name} already: vibewriter secrets rotate gives it another value.`,
        );
      }
      return await this.#put({ name, setAt: new Date().toISOString() }, value);
    });
  }

  /** Gives one another value, for whoever uses it from now on. @throws ServerError `not_found`, `bad_request` */
  async rotate(name: string, value: string): Promise<SecretInfo> {
    return await this.#turn.do(async () => {
      const { setAt } = this.#find(name).info;
      return await this.#put({ name, setAt, rotatedAt: new Date().toISOString() }, value);
    });
  }

  /** @throws ServerError `not_found` */
  async remove(name: string): Promise<void> {
    await this.#turn.do(async () => {
      this.#find(name);
      await removePrivate(this.#path(name));
      this.#values.delete(name);
    });
  }

  /** What `secret://name` stands for; every other text stands for itself. @throws ServerError `missing_key` for one that is not there */
  resolve(text: string): string {
    const name = nameIn(text);
    if (name === undefined) return text;
    const found = this.#values.get(name);
    if (found !== undefined) return found.value;
    throw new ServerError(
      "missing_key",
      `There is no secret ${name} in this home: set it with vibewriter secrets set ${name}.`,
    );
  }

  /** As {@link resolve}, but nothing for one that is not there. */
  find(text: string): string | undefined {
    const name = nameIn(text);
    return name === undefined ? text : this.#values.get(name)?.value;
  }

  /**
   * Some texts with the values of what they refer to, without those that refer to nothing that is there: whoever needs one says that it is missing.
   * @param onMissing told the name of a secret that is not there
   */
  resolveAll<T extends object>(texts: T, onMissing?: (name: string) => void): T {
    const resolved = Object.entries(texts).flatMap(([name, value]) => {
      if (typeof value !== "string") return [[name, value]];
      const found = this.find(value);
      if (found === undefined) onMissing?.(nameIn(value) ?? value);
      return found === undefined ? [] : [[name, found]];
    });
    return Object.fromEntries(resolved) as T; // The same names, and texts for texts.
  }

  /**
   * The key of the store from now on under another passphrase: under both until `change` is done with all else that is under it.
   * @throws what `change` throws; then both are good
   */
  async changePassphrase<T>(passphrase: string, change: () => Promise<T>): Promise<T> {
    return await this.#turn.do(async () => {
      const path = keyPath(this.#folder);
      const before = await readKey(path);
      const box = await sealBox(this.#key, ABOUT, passphraseSecret(passphrase));
      // As it is it opens under whatever passphrase.
      if (before !== undefined && "boxes" in before)
        await writeKey(path, { v: 1, boxes: [...before.boxes.slice(-2), box] });
      const changed = await change();
      await writeKey(path, { v: 1, boxes: [box] });
      return changed;
    });
  }

  /**
   * All of its files as they are at one moment, by their path in `keys/`, for a backup: secrets are encrypted, their key only where the home has a passphrase.
   * What else is under that passphrase is read by `others`, while it does not change.
   */
  async files<T>(others: () => Promise<T>): Promise<{ files: KeystoreFile[]; others: T }> {
    return await this.#turn.do(async () => {
      const names = (await namesIn(join(this.#folder, "secrets"))).filter((name) => name.endsWith(".json")).sort();
      const files: KeystoreFile[] = [];
      for (const name of [KEY_FILE, ...names.map((name) => `secrets/${name}`)]) {
        const content = await readPrivate(join(this.#folder, name));
        if (content !== undefined) files.push({ name, content });
      }
      return { files, others: await others() };
    });
  }

  async #put(info: SecretInfo, value: string): Promise<SecretInfo> {
    if (value.length < LEAST || value.length > MOST || /[\r\n\0]/.test(value)) {
      throw new ServerError("bad_request", `A secret is one line of ${LEAST} to ${MOST} characters.`);
    }
    const stored: StoredSecret = { v: 1, ...info, ...encryptFields(Buffer.from(value), this.#key, info.name) };
    // Kept out before it is anywhere; a former value stays kept out, as it may still be good elsewhere.
    this.#secrets.register(info.name, value);
    await writePrivate(this.#path(info.name), `${JSON.stringify(stored)}\n`, { exclusive: false });
    this.#values.set(info.name, { info, value });
    return info;
  }

  async #read(): Promise<void> {
    const folder = join(this.#folder, "secrets");
    for (const file of await namesIn(folder)) {
      if (!file.endsWith(".json")) continue;
      const path = join(folder, file);
      const { name, value, ...info } = this.#open((await readPrivate(path))?.toString("utf8") ?? "", path);
      this.#secrets.register(name, value);
      this.#values.set(name, { info: { name, ...info }, value });
    }
  }

  #open(text: string, path: string): SecretInfo & { value: string } {
    const damaged = `${path} is damaged, or of another home: remove it, and set the secret again.`;
    let stored: StoredSecret;
    try {
      stored = StoredSecret.parse(JSON.parse(text));
    } catch (cause) {
      throw new ServerError("bad_config", damaged, { cause });
    }
    const { name, setAt, rotatedAt } = stored;
    const value = decryptFields(stored, this.#key, name)?.toString("utf8");
    if (value === undefined) throw new ServerError("bad_config", damaged);
    return { name, setAt, ...(rotatedAt === undefined ? {} : { rotatedAt }), value };
  }

  #find(name: string): { info: SecretInfo; value: string } {
    const found = this.#values.get(name);
    if (found !== undefined) return found;
    throw new ServerError("not_found", `There is no secret ${name} in this home: see vibewriter secrets list.`);
  }

  #path(name: string): string {
    return join(this.#folder, "secrets", `${name}.json`);
  }
}

type StoreKey = z.infer<typeof StoreKey>;

/** The key of the store, made if there is none; put under the passphrase where it was not before. */
async function openKey(folder: string, passphrase: string | undefined): Promise<Uint8Array> {
  const path = keyPath(folder);
  const found = await readKey(path);
  if (found === undefined) {
    const key = randomBytes(32);
    const stored =
      passphrase === undefined
        ? asIs(key)
        : { v: 1 as const, boxes: [await sealBox(key, ABOUT, passphraseSecret(passphrase))] };
    await writeKey(path, stored);
    return key;
  }
  if ("boxes" in found) return await openBoxes(found.boxes, path, passphrase);
  const key = Buffer.from(found.key, "base64url");
  if (passphrase !== undefined)
    await writeKey(path, { v: 1, boxes: [await sealBox(key, ABOUT, passphraseSecret(passphrase))] });
  return key;
}

async function openBoxes(
  boxes: readonly SealedBox[],
  path: string,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  if (passphrase !== undefined) {
    for (const box of boxes) {
      // Another passphrase: the other box may be under this one.
      const key = await openBox(box, ABOUT, passphraseSecret(passphrase).bytes);
      if (key !== undefined) return key;
    }
  }
  throw new ServerError(
    "keystore_locked",
    `The secrets of this home are encrypted: start it with the passphrase that ${path} was made under (VIBEWRITER_KEYSTORE_PASSPHRASE).`,
  );
}

async function readKey(path: string): Promise<StoreKey | undefined> {
  const text = await readPrivate(path);
  if (text === undefined) return undefined;
  try {
    return StoreKey.parse(JSON.parse(text.toString("utf8")));
  } catch (cause) {
    const message = `${path} is damaged: restore it; the secrets of the home cannot be opened without it.`;
    throw new ServerError("bad_config", message, { cause });
  }
}

async function writeKey(path: string, key: StoreKey): Promise<void> {
  await writePrivate(path, `${JSON.stringify(key)}\n`, { exclusive: false });
}

function asIs(key: Uint8Array): StoreKey {
  return { v: 1, key: Buffer.from(key).toString("base64url") };
}

function keyPath(folder: string): string {
  return join(folder, KEY_FILE);
}
