import { readFile, stat } from "node:fs/promises";
import { credsAuthenticator, type NodeConnectionOptions, nkeyAuthenticator, nkeys } from "@nats-io/transport-node";
import { NatsSaverError } from "./errors.js";

/** Who connects, by a file that nobody but its owner can read. A user and a password stand in the URL instead. */
export type Credentials =
  /** The seed of an NKey user (`SU...`). */
  | { nkeyFile: string }
  /** A JWT and a seed, as `nsc` writes them. */
  | { credsFile: string };

const SEED = /^SU[A-Z2-7]{56}$/m;

/** The part of a connection's options that says who connects. A user with a key hears answers under `_INBOX_<public key>.>`, so that a
 * server can keep users from hearing each other's.
 * @throws NatsSaverError `invalid` for a file that is missing, that others can read, or that holds no such thing */
export async function authenticate(credentials: Credentials): Promise<NodeConnectionOptions> {
  if ("credsFile" in credentials) {
    const text = await secretIn(credentials.credsFile);
    if (!SEED.test(text)) throw unusable(credentials.credsFile, "does not hold NATS credentials, a JWT and a seed");
    return { authenticator: credsAuthenticator(Buffer.from(text)) };
  }
  const { nkeyFile } = credentials;
  const seed = Buffer.from(SEED.exec(await secretIn(nkeyFile))?.[0] ?? "");
  try {
    const inboxPrefix = `_INBOX_${nkeys.fromSeed(seed).getPublicKey()}`;
    return { authenticator: nkeyAuthenticator(seed), inboxPrefix };
  } catch (cause) {
    throw unusable(nkeyFile, "does not hold the seed of an NKey user, a line that begins with SU", cause);
  }
}

async function secretIn(path: string): Promise<string> {
  let mode: number;
  let text: string;
  try {
    ({ mode } = await stat(path));
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw unusable(path, "cannot be read", cause);
  }
  if ((mode & 0o077) === 0) return text;
  throw new NatsSaverError("invalid", `Others can read the credentials in ${path}: chmod 600 ${path}.`);
}

function unusable(path: string, why: string, cause?: unknown): NatsSaverError {
  return new NatsSaverError("invalid", `The credentials file ${path} ${why}: name the right one.`, { cause });
}
