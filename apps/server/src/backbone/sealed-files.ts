import { createHash } from "node:crypto";
import {
  type BackupFile,
  type BackupManifest,
  openBox,
  passphraseSecret,
  sealBox,
  sealedBoxSchema,
} from "@vibewriter/backbone";
import { z } from "zod";
import { ServerError } from "../errors.js";

const Content = z.object({ files: z.array(z.object({ name: z.string(), content: z.base64() })) });
const Sealed = z.strictObject({ v: z.literal(1), ...sealedBoxSchema.shape });

/** The file of a backup that has the keys of the home, under the passphrase of the backup. */
export const SEALED = "keys/sealed.json";

/** What the passphrase vouches for besides: the streams of the backup, and the files beside them. */
export interface Vouched {
  readonly streams: BackupManifest["streams"];
  readonly files: readonly BackupFile[];
}

/** Files as one that nobody reads without the passphrase, and that fits to nothing but this backup. */
export async function sealFiles(
  files: readonly BackupFile[],
  vouched: Vouched,
  passphrase: string,
): Promise<Uint8Array> {
  const content = files.map(({ name, content }) => ({ name, content: Buffer.from(content).toString("base64") }));
  const bytes = Buffer.from(JSON.stringify({ files: content }));
  const box = await sealBox(bytes, aboutOf(vouched), passphraseSecret(passphrase));
  return Buffer.from(`${JSON.stringify({ v: 1, ...box })}\n`);
}

/**
 * The files of a backup, those among them that its passphrase opens.
 * @param o.withoutKeys leaves those out, because nobody has the passphrase any more
 * @throws ServerError `keystore_locked` without the passphrase, for another one, or for a backup that somebody has changed
 */
export async function openFiles(
  files: readonly BackupFile[],
  streams: BackupManifest["streams"],
  { passphrase, withoutKeys = false }: { passphrase?: string; withoutKeys?: boolean },
): Promise<{ files: readonly BackupFile[]; isSealed: boolean }> {
  const sealed = files.find(({ name }) => name === SEALED);
  const others = files.filter((file) => file !== sealed);
  if (sealed === undefined || withoutKeys) return { files: others, isSealed: false };
  if (passphrase === undefined) {
    throw new ServerError(
      "keystore_locked",
      "The keys and secrets in this backup are encrypted: name a file with its passphrase, --passphrase-file. If nobody has that any more, --without-keys restores the rest: then nobody can write as its authors, its secrets have to be set again, and what its audit says cannot be read.",
    );
  }
  const box = Sealed.safeParse(jsonIn(sealed.content)).data;
  const secret = passphraseSecret(passphrase).bytes;
  const bytes = box && (await openBox(box, aboutOf({ streams, files: others }), secret));
  if (bytes === undefined) {
    throw new ServerError(
      "keystore_locked",
      "The keys in this backup do not open: give the passphrase that it was made with. If this is the one, somebody has changed the backup since then: use another.",
    );
  }
  const inside = Content.parse(JSON.parse(bytes.toString("utf8"))).files;
  const named = inside.map(({ name, content }) => ({ name, content: Buffer.from(content, "base64") }));
  return { files: [...others, ...named], isSealed: true };
}

function aboutOf({ streams, files }: Vouched): string {
  const parts = [
    ...streams.map(({ name, sha256, config, state }) => [name, sha256, config, state]),
    ...files.map(({ name, content }) => [name, sha256(content)]),
  ];
  return `vibewriter backup ${sha256(JSON.stringify(parts))}`;
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined; // Whoever opens it says what to do.
  }
}

function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}
