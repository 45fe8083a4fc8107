import type { Backbone, BackupFile, BackupManifest, BackupOptions } from "@vibewriter/backbone";
import { countOf, type HomeKeys, type KeyCount } from "./home-keys.js";
import { SEALED, sealFiles } from "./sealed-files.js";

/** What is beside the streams in a backup. */
export interface KeptKeys extends KeyCount {
  /** Whether all of them are under its passphrase. Otherwise only the authors' are in it, and of the others this is how many were left out. */
  readonly isSealed: boolean;
}

/**
 * Writes what NATS keeps, what vouches for the ends of the audit, and the keys of the home: all under a passphrase or, without one, the authors' as they lie
 * in the home, and no secrets, nor what the audit is read with.
 */
export async function backUpHome(
  parts: { backbone: Backbone; keys: Pick<HomeKeys, "anchors" | "read"> },
  folder: string,
  o: BackupOptions & { passphrase?: string },
): Promise<BackupManifest & { keys: KeptKeys }> {
  const { passphrase, ...options } = o;
  const anchors = await parts.keys.anchors();
  let keys: KeptKeys = { authors: 0, secrets: 0, audits: 0, isSealed: passphrase !== undefined };
  const files = async (streams: BackupManifest["streams"]): Promise<BackupFile[]> => {
    const { authors, others } = await parts.keys.read();
    const all = [...authors, ...others];
    keys = { ...countOf(all), isSealed: passphrase !== undefined };
    if (passphrase === undefined) return [...anchors, ...authors];
    const content = await sealFiles(all, { streams, files: anchors }, passphrase);
    return [...anchors, { name: SEALED, content }];
  };
  const manifest = await parts.backbone.backUp(folder, { ...options, files });
  return { ...manifest, keys };
}
