import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { InTurn, isUnderPassphrase, type KeySecret, passphraseSecret, type Secrets } from "@vibewriter/backbone";
import { plainLine } from "../articles/article.js";
import { KeyPair, type Signer } from "../articles/signer.js";
import { ChoirError } from "../errors.js";
import { namesIn, readPrivate, removePrivate, writePrivate } from "./private-files.js";
import { finishReplacing, type KeystoreFile, readKeystore, replaceKeys } from "./replace-keys.js";
import { type SealedKey, seal, sealedKeySchema, unseal } from "./sealed-key.js";

/** An author whose key is here. */
export interface Author {
  /** The name that articles carry. */
  name: string;
  publicKey: string;
  /** When the key was made here, or came here. */
  addedAt: string;
}

export interface KeystoreOptions {
  /** `<folder>/authors/<public key>.json`, and `<folder>/authors.secret` where there is no passphrase. */
  folder: string;
  passphrase?: string;
  /** What is unlocked is kept out of all that is stored. */
  secrets?: Pick<Secrets, "register">;
}

const LONGEST_NAME = 100;
const LEAST_PASSPHRASE = 8;

/**
 * The keys of the authors of one home, in encrypted files: under a passphrase or, without one, under a random secret that lies beside them and
 * that only this user can read. One process at a time has it.
 */
export class Keystore {
  readonly #folder: string;
  readonly #secrets: Pick<Secrets, "register"> | undefined;
  #secret: KeySecret;
  readonly #unlocked = new Map<string, KeyPair>();
  /** One change at a time: two runs of one name must not make two keys. */
  readonly #turn = new InTurn();

  private constructor(o: KeystoreOptions, secret: KeySecret) {
    this.#folder = o.folder;
    this.#secrets = o.secrets;
    this.#secret = secret;
  }

  /** @throws ChoirError `keystore_failed` if its files cannot be read or written */
  static async open(o: KeystoreOptions): Promise<Keystore> {
    await finishReplacing(o.folder);
    if (o.passphrase === undefined) return new Keystore(o, await machineSecret(o));
    const keystore = new Keystore(o, secretOf(o.passphrase));
    await keystore.#adopt();
    return keystore;
  }

  /** By name. */
  async list(): Promise<Author[]> {
    return (await this.#sealed()).map(authorOf).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** By name, by public key, or by the beginning of one. @throws ChoirError `unknown_author` */
  async get(nameOrKey: string): Promise<Author> {
    return authorOf(await this.#find(nameOrKey));
  }

  /** The author of this name; a key is made for who has none. @throws ChoirError `invalid_author` */
  async named(name: string): Promise<Author> {
    const wanted = checkedName(name);
    return await this.#turn.do(async () => {
      const there = (await this.#sealed()).find((sealed) => sealed.name === wanted);
      return there === undefined ? await this.#make(wanted) : authorOf(there);
    });
  }

  /** The author who was here first: who publishes where nobody is named. If there is none, one of this name is made. */
  async first(name: string): Promise<Author> {
    const wanted = checkedName(name);
    return await this.#turn.do(async () => {
      const [first] = (await this.#sealed()).sort((a, b) => (a.addedAt < b.addedAt ? -1 : 1));
      return first === undefined ? await this.#make(wanted) : authorOf(first);
    });
  }

  /**
   * What signs as this author, or undefined if the key is not here.
   * @throws ChoirError `keystore_locked` if it was encrypted under another passphrase
   */
  async signer(publicKey: string): Promise<Signer | undefined> {
    return this.#unlocked.get(publicKey) ?? (await this.#turn.do(() => this.#opened(publicKey)));
  }

  /** Gives an author another name; what is published carries the old one. @throws ChoirError `unknown_author`, `author_exists`, `invalid_author` */
  async rename(nameOrKey: string, name: string): Promise<Author> {
    const wanted = checkedName(name);
    return await this.#turn.do(async () => {
      const sealed = await this.#find(nameOrKey);
      await this.#requireFree(wanted, sealed.publicKey);
      const renamed = { ...sealed, name: wanted };
      await writePrivate(this.#path(sealed.publicKey), asText(renamed), { exclusive: false });
      return authorOf(renamed);
    });
  }

  /**
   * An author's key as one text, encrypted under a passphrase of its own.
   * @throws ChoirError `unknown_author`, `keystore_locked`, `invalid_author` for a passphrase that is too short
   */
  async export(nameOrKey: string, passphrase: string): Promise<string> {
    const secret = secretOf(passphrase);
    return await this.#turn.do(async () => {
      const sealed = await this.#find(nameOrKey);
      const key = this.#unlocked.get(sealed.publicKey) ?? this.#unlock(await unseal(sealed, this.#secret.bytes));
      return asText(await seal(key, sealed, secret));
    });
  }

  /**
   * Takes in what {@link export} has made, here or elsewhere. Doing it again changes nothing.
   * @throws ChoirError `keystore_locked` for another passphrase, `invalid_author` for another text, `author_exists` if another key has its name
   */
  async import(text: string, passphrase: string): Promise<Author> {
    const sealed = parseExported(text);
    const name = checkedName(sealed.name);
    const key = await unseal(sealed, secretOf(passphrase).bytes);
    return await this.#turn.do(async () => {
      const there = (await this.#sealed()).find(({ publicKey }) => publicKey === key.publicKey);
      if (there !== undefined) return authorOf(there);
      await this.#requireFree(name, key.publicKey);
      return await this.#take(key, name);
    });
  }

  /**
   * Encrypts all keys anew under another passphrase, which is needed from the next start on. Cut off at any moment, all of them are under the one or
   * all under the other.
   * @throws ChoirError `keystore_locked`, `invalid_author` for a passphrase that is too short; then nothing is changed
   */
  async changePassphrase(passphrase: string): Promise<{ authors: number }> {
    const secret = secretOf(passphrase);
    this.#secrets?.register("keystore-passphrase", passphrase);
    return await this.#turn.do(async () => {
      const all = await this.#sealed();
      const resealed: KeystoreFile[] = [];
      for (const sealed of all) {
        const key = await unseal(sealed, this.#secret.bytes);
        resealed.push({ name: `${sealed.publicKey}.json`, content: asText(await seal(key, sealed, secret)) });
      }
      await replaceKeys(this.#folder, resealed);
      this.#secret = secret;
      await removePrivate(secretPath(this.#folder));
      return { authors: all.length };
    });
  }

  /** All of its files as they are at one moment, the keys encrypted; for a backup, which is as secret as the folder. */
  async files(): Promise<KeystoreFile[]> {
    return await this.#turn.do(() => readKeystore(this.#folder));
  }

  /** Encrypts what lies under the random secret anew, under the passphrase that there is now; then the secret goes. */
  async #adopt(): Promise<void> {
    const path = secretPath(this.#folder);
    const secret = await readPrivate(path);
    if (secret === undefined) return;
    for (const sealed of await this.#sealed()) {
      if (isUnderPassphrase(sealed)) continue;
      const key = await unseal(sealed, secretBytes(path, secret));
      await writePrivate(this.#path(sealed.publicKey), asText(await seal(key, sealed, this.#secret)), {
        exclusive: false,
      });
    }
    await removePrivate(path);
  }

  /** @throws ChoirError `keystore_locked` if the keys that are here were encrypted under another secret: two would be one too many */
  async #make(name: string): Promise<Author> {
    const [other] = await this.#sealed();
    if (other !== undefined) await this.#opened(other.publicKey);
    return await this.#take(KeyPair.generate(), name);
  }

  async #opened(publicKey: string): Promise<KeyPair | undefined> {
    const there = this.#unlocked.get(publicKey);
    if (there !== undefined) return there;
    const sealed = (await this.#sealed()).find((one) => one.publicKey === publicKey);
    return sealed && this.#unlock(await unseal(sealed, this.#secret.bytes));
  }

  async #take(key: KeyPair, name: string): Promise<Author> {
    const sealed = await seal(key, { name, addedAt: new Date().toISOString() }, this.#secret);
    await writePrivate(this.#path(sealed.publicKey), asText(sealed), { exclusive: true });
    this.#unlock(key);
    return authorOf(sealed);
  }

  async #sealed(): Promise<SealedKey[]> {
    const folder = join(this.#folder, "authors");
    const names = (await namesIn(folder)).filter((name) => name.endsWith(".json"));
    const texts = await Promise.all(names.map((name) => readPrivate(join(folder, name))));
    return texts.flatMap((text, i) =>
      text === undefined ? [] : [parseSealed(text.toString("utf8"), join(folder, names[i] ?? ""))],
    );
  }

  async #find(nameOrKey: string): Promise<SealedKey> {
    const all = await this.#sealed();
    const exact = all.filter(({ name, publicKey }) => name === nameOrKey || publicKey === nameOrKey);
    const found = exact.length > 0 ? exact : all.filter(({ publicKey }) => isPrefix(nameOrKey, publicKey));
    const [only, ...others] = found;
    if (only !== undefined && others.length === 0) return only;
    const shown = JSON.stringify(nameOrKey.slice(0, 100));
    const what = only === undefined ? "no author" : "more than one author";
    throw new ChoirError("unknown_author", `There is ${what} ${shown} here: see vibewriter author list.`);
  }

  async #requireFree(name: string, publicKey: string): Promise<void> {
    const other = (await this.#sealed()).find((one) => one.name === name && one.publicKey !== publicKey);
    if (other === undefined) return;
    throw new ChoirError(
      "author_exists",
      `There is another author ${JSON.stringify(name)} here: rename one of them with vibewriter author rename.`,
    );
  }

  #unlock(key: KeyPair): KeyPair {
    if (!this.#unlocked.has(key.publicKey)) {
      this.#unlocked.set(key.publicKey, key);
      this.#secrets?.register("author-key", Buffer.from(key.seed).toString("base64url"));
    }
    return key;
  }

  #path(publicKey: string): string {
    return join(this.#folder, "authors", `${publicKey}.json`);
  }
}

async function machineSecret({ folder, secrets }: KeystoreOptions): Promise<KeySecret> {
  const path = secretPath(folder);
  const there = await readPrivate(path);
  if (there === undefined) await writePrivate(path, randomBytes(32).toString("base64url"), { exclusive: true });
  const bytes = secretBytes(path, there ?? (await readPrivate(path)));
  secrets?.register("keystore-secret", Buffer.from(bytes).toString("base64url"));
  return { bytes, isPassphrase: false };
}

function secretPath(folder: string): string {
  return join(folder, "authors.secret");
}

function secretBytes(path: string, file: Buffer | undefined): Uint8Array {
  const bytes = Buffer.from(file?.toString("utf8").trim() ?? "", "base64url");
  if (bytes.length !== 32) {
    throw new ChoirError(
      "keystore_failed",
      `${path} is damaged: restore it, the authors' keys cannot be opened without it.`,
    );
  }
  return bytes;
}

function secretOf(passphrase: string): KeySecret {
  if (passphrase.length >= LEAST_PASSPHRASE) return passphraseSecret(passphrase);
  throw new ChoirError(
    "invalid_author",
    `A passphrase has at least ${LEAST_PASSPHRASE} characters: choose a longer one.`,
  );
}

function checkedName(name: string): string {
  const plain = plainLine(name);
  if (plain !== "" && plain.length <= LONGEST_NAME) return plain;
  throw new ChoirError("invalid_author", `An author's name is one line of 1-${LONGEST_NAME} characters.`);
}

function parseSealed(text: string, where: string): SealedKey {
  try {
    return sealedKeySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ChoirError("keystore_failed", `${where} is not the key of an author: restore it from a backup.`, {
      cause,
    });
  }
}

function parseExported(text: string): SealedKey {
  try {
    return parseSealed(text, "It");
  } catch (cause) {
    const message = "This is not the key of an author: name a file that `vibewriter author export` has written.";
    throw new ChoirError("invalid_author", message, { cause });
  }
}

function asText(sealed: SealedKey): string {
  return `${JSON.stringify(sealed, undefined, 2)}\n`;
}

function authorOf({ name, publicKey, addedAt }: SealedKey): Author {
  return { name, publicKey, addedAt };
}

function isPrefix(text: string, publicKey: string): boolean {
  return text.length >= 4 && publicKey.startsWith(text);
}
