import type { Backbone, BackupManifest, BackupOptions } from "@vibewriter/backbone";
import type { Keystore } from "@vibewriter/choir";

/** The folder of a backup that has the authors' keys. */
export const KEYS = "keys/";

/** Writes what NATS keeps, and the authors' keys as they lie in the home: encrypted, the random secret beside them where there is no passphrase. */
export async function backUpHome(
  parts: { backbone: Backbone; authors: Pick<Keystore, "files"> },
  folder: string,
  o: BackupOptions,
): Promise<BackupManifest> {
  const files = async () =>
    (await parts.authors.files()).map(({ name, content }) => ({ name: KEYS + name, content: Buffer.from(content) }));
  return await parts.backbone.backUp(folder, { ...o, files });
}

/** Of how many authors a backup has the keys. */
export function authorsIn({ files }: BackupManifest): number {
  return files.filter(({ name }) => name.startsWith(`${KEYS}authors/`)).length;
}
