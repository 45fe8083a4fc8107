import { fromSeed } from "@nats-io/nkeys";
import { credsAuthenticator, type NodeConnectionOptions, nkeyAuthenticator } from "@nats-io/transport-node";
import { z } from "zod";
import { BackboneError } from "../errors.js";
import { readPrivateFile } from "./private-file.js";

/** Who connects, by a file with mode 0600; a user and a password stand in the URL instead. */
export type Credentials =
  /** The seed of an NKey user (`SU...`). */
  | { nkeyFile: string }
  /** A JWT and a seed, as `nsc` writes them. */
  | { credsFile: string };

const SEED = /^SU[A-Z2-7]{56}$/m;
const JWT = /^eyJ[\w-]+\.([\w-]+)\.[\w-]+$/m;

/**
 * The part of the connection's options that says who connects. A user with a key listens for answers under a prefix of
 * its own, `_INBOX_<public key>.>`, so that it can be forbidden to hear those of others.
 * @throws BackboneError `bad_config` for a file that is missing, readable by others, or no such thing
 */
export async function authenticate(credentials: Credentials): Promise<Partial<NodeConnectionOptions>> {
  if ("nkeyFile" in credentials) {
    const path = credentials.nkeyFile;
    const seed = SEED.exec(await readPrivateFile(path, "the seed of an NKey user"))?.[0];
    if (seed === undefined) throw unusable(path, "the seed of an NKey user (a line that begins with SU)");
    const bytes = Buffer.from(seed);
    return { authenticator: nkeyAuthenticator(bytes), inboxPrefix: inboxOf(publicKey(bytes, path)) };
  }
  const path = credentials.credsFile;
  const text = await readPrivateFile(path, "NATS credentials");
  const user = subjectOf(JWT.exec(text)?.[1] ?? "");
  if (user === undefined || !SEED.test(text)) throw unusable(path, "NATS credentials, a JWT and a seed");
  return { authenticator: credsAuthenticator(Buffer.from(text)), inboxPrefix: inboxOf(user) };
}

/** Where a user with this public key listens for answers; `<prefix>.>` is its own. */
export function inboxOf(publicKey: string): string {
  return `_INBOX_${publicKey}`;
}

function publicKey(seed: Uint8Array, path: string): string {
  try {
    return fromSeed(seed).getPublicKey();
  } catch {
    // Its error is of no use to a person: the checksum does not hold, the seed was cut or mistyped.
    throw unusable(path, "a whole seed of an NKey user");
  }
}

/** The user's public key out of a JWT's claims; the server checks the signature. */
function subjectOf(claims: string): string | undefined {
  try {
    return z
      .object({ sub: z.string().regex(/^U[A-Z2-7]{55}$/) })
      .parse(JSON.parse(Buffer.from(claims, "base64url").toString("utf8"))).sub;
  } catch {
    return undefined; // Not a JWT of a user: the caller says so.
  }
}

function unusable(path: string, what: string): BackboneError {
  return new BackboneError("bad_config", `${path} does not hold ${what}; name the right file.`);
}
