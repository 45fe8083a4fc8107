import { join } from "node:path";
import type { AuditTrail, BackupFile } from "@vibewriter/backbone";
import { type Keystore, type KeystoreFile, namesIn, readPrivate, writePrivate } from "@vibewriter/choir";
import type { SecretStore } from "../secrets/secret-store.js";

/** What backups know of the layout of a home. */
const KEYS = "keys/";
const AUTHOR = /^keys\/authors\/[^/]+\.json$/;
const AUTHORS = /^keys\/authors(\.secret$|\/[^/]+\.json$)/;
const ANCHORS = "audit/anchors.jsonl";
const AUDIT_KEYS = "audit/keys/";
const AUDIT_KEY = /^audit\/keys\/[A-Za-z0-9_-]+\.json$/;
const AUDIT_SIGNER = "keys/audit.pem";
const SECRETS = "keys/secrets/";
const SECRET = /^keys\/secrets\/[A-Za-z0-9][A-Za-z0-9._-]*\.json$/;
const SECRETS_KEY = "keys/secrets.key.json";

/** How much of what is beside NATS some files hold. */
export interface KeyCount {
  /** Whose keys. */
  readonly authors: number;
  /** Secrets by name. */
  readonly secrets: number;
  /** Agents whose audit can be read with them. */
  readonly audits: number;
}

export interface HomeKeysOptions {
  readonly home: string;
  readonly authors: Pick<Keystore, "files">;
  readonly store: Pick<SecretStore, "files">;
  readonly trail: Pick<AuditTrail, "anchorFile" | "keyFiles">;
}

/** What a home has beside NATS that is lost with it, as files by their path in the home. */
export class HomeKeys {
  readonly #o: HomeKeysOptions;

  constructor(o: HomeKeysOptions) {
    this.#o = o;
  }

  /** What vouches for the ends of the audit. To be read before its stream is, or it has seen records that a backup has not. */
  async anchors(): Promise<BackupFile[]> {
    const text = await this.#o.trail.anchorFile();
    return text === "" ? [] : [{ name: ANCHORS, content: Buffer.from(text) }];
  }

  /** The keys of authors, and all other keys and secrets, as they lie in the home: secrets and authors' keys encrypted, for a home with a passphrase under that. */
  async read(): Promise<{ authors: BackupFile[]; others: BackupFile[] }> {
    const { files: secrets, others: authors } = await this.#o.store.files(() => this.#o.authors.files());
    const signer = await readPrivate(join(this.#o.home, AUDIT_SIGNER));
    const audit = (await this.#o.trail.keyFiles()).map(({ name, content }) => file(AUDIT_KEYS + name, content));
    return {
      authors: authors.map(inKeys),
      others: [...(signer === undefined ? [] : [file(AUDIT_SIGNER, signer)]), ...secrets.map(inKeys), ...audit],
    };
  }
}

export function countOf(files: readonly Pick<BackupFile, "name">[]): KeyCount {
  const count = (pattern: RegExp) => files.filter(({ name }) => pattern.test(name)).length;
  return { authors: count(AUTHOR), secrets: count(SECRET), audits: count(AUDIT_KEY) };
}

/** The authors' keys among some files, as a keystore names them. */
export function authorsIn(files: readonly BackupFile[]): KeystoreFile[] {
  const keys = files.filter(({ name }) => AUTHORS.test(name));
  return keys.map(({ name, content }) => ({ name: name.slice(KEYS.length), content }));
}

/**
 * Puts the secrets and the audit's keys among some files into a home that has none of them, or a part of these. A home that has others keeps its own: they
 * are newer, and what it has destroyed stays destroyed.
 * @returns which were not put back
 */
export async function putBack(home: string, files: readonly BackupFile[]): Promise<("secrets" | "audit")[]> {
  const kept: ("secrets" | "audit")[] = [];
  const secrets = files.filter(({ name }) => name === SECRETS_KEY || SECRET.test(name));
  const secretsThere = (await namesIn(join(home, SECRETS))).map((name) => SECRETS + name);
  if (!(await put(home, secrets, secretsThere, SECRETS_KEY))) kept.push("secrets");
  const audit = files.filter(({ name }) => name === AUDIT_SIGNER || name === ANCHORS || AUDIT_KEY.test(name));
  const auditThere = [
    ...(await namesIn(join(home, "audit"))).filter((name) => name.endsWith(".jsonl")).map((name) => `audit/${name}`),
    ...(await namesIn(join(home, AUDIT_KEYS))).map((name) => AUDIT_KEYS + name),
  ];
  if (!(await put(home, audit, auditThere, AUDIT_SIGNER))) kept.push("audit");
  return kept;
}

/**
 * @param there what says that the home has something of its own
 * @param key what that is under, which a server makes before there is anything
 */
async function put(
  home: string,
  files: readonly BackupFile[],
  there: readonly string[],
  key: string,
): Promise<boolean> {
  const wanted = new Map(files.map(({ name, content }) => [name, Buffer.from(content)]));
  for (const name of there.length === 0 ? [] : [...there, key]) {
    const own = await readPrivate(join(home, name));
    if (own === undefined || wanted.get(name)?.equals(own) !== true) return false;
  }
  // The key first: cut off behind it, the rest is put back by the next try.
  const sorted = [...files].sort((a, b) => Number(b.name === key) - Number(a.name === key));
  for (const { name, content } of sorted) await writePrivate(join(home, name), content, { exclusive: false });
  return true;
}

function inKeys({ name, content }: KeystoreFile): BackupFile {
  return file(KEYS + name, content);
}

function file(name: string, content: string | Uint8Array): BackupFile {
  return { name, content: Buffer.from(content) };
}
