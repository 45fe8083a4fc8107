import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BackupFile, BackupManifest, BackupOptions } from "@vibewriter/backbone";
import { ServerError } from "../errors.js";
import { homePaths, makeHome } from "../home.js";
import { connectionOf } from "../nats.js";
import type { KeptKeys } from "./back-up-home.js";

export interface RestoreHomeOptions extends BackupOptions {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** What the backup was made with. */
  readonly passphrase?: string;
  /** Leaves out what only the passphrase opens, which nobody has any more. */
  readonly withoutKeys?: boolean;
}

/** What was restored beside the streams. */
export interface RestoredKeys extends KeptKeys {
  /** What the home had of its own, and keeps. */
  readonly kept: readonly ("secrets" | "audit")[];
}

/**
 * Makes what a backup holds in a home that has no state yet, or on the server that its configuration names. Not through the home's server: that
 * would make the streams first.
 * @throws ServerError `conflict` while a server runs in the home, `exists`, `corrupt`, `not_found`; `keystore_locked` without the passphrase of the backup;
 * `author_exists` where it has keys of others
 */
export async function restoreHome(
  home: string,
  o: RestoreHomeOptions,
): Promise<BackupManifest & { keys: RestoredKeys }> {
  // Loaded by those who restore: a command that only asks the server should load neither NATS nor what the settings are checked with.
  const { OwnerLock } = await import("../lock.js");
  const { readConfig } = await import("../config.js");
  const paths = homePaths(home);
  makeHome(paths);
  using lock = OwnerLock.take(paths.lock);
  if (!lock) {
    throw new ServerError("conflict", "A server runs in this home; end it with `vibewriter stop`, then restore.");
  }
  const config = await readConfig(paths.config, o.env);
  const { natsUrl } = config;
  if (natsUrl === undefined && existsSync(paths.index)) {
    const text = `${home} has state of its own already; restore into an empty home (set VIBEWRITER_HOME).`;
    throw new ServerError("exists", text);
  }
  const { Backbone } = await import("@vibewriter/backbone");
  const { restoreKeystore } = await import("@vibewriter/choir");
  const { inOurWords } = await import("../in-our-words.js");
  const { HomeState } = await import("../migrations/home-state.js");
  const { authorsIn, countOf, putBack } = await import("./home-keys.js");
  const { openFiles } = await import("./sealed-files.js");
  let keys: RestoredKeys = { authors: 0, secrets: 0, audits: 0, isSealed: false, kept: [] };
  try {
    const onFiles = async (inBackup: readonly BackupFile[], streams: BackupManifest["streams"]) => {
      const { files, isSealed } = await openFiles(inBackup, streams, o);
      await restoreKeystore(join(home, "keys"), authorsIn(files));
      keys = { ...countOf(files), isSealed, kept: await putBack(home, files) };
    };
    const { folder, signal, onProgress } = o;
    const manifest = await Backbone.restore({ home, ...connectionOf(config), folder, signal, onProgress, onFiles });
    if (natsUrl === undefined) await HomeState.restored(home);
    return { ...manifest, keys };
  } catch (error) {
    throw inOurWords(error);
  }
}
