import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BackupFile, BackupManifest, BackupOptions } from "@vibewriter/backbone";
import { ServerError } from "../errors.js";
import { homePaths, makeHome } from "../home.js";
import { connectionOf } from "../nats.js";
import { authorsIn, KEYS } from "./back-up-home.js";

/**
 * Makes what a backup holds in a home that has no state yet, or on the server that its configuration names. Not through the home's server: that
 * would make the streams first.
 * @throws ServerError `conflict` while a server runs in the home, `exists`, `corrupt`, `not_found`; `author_exists` where it has keys of others
 */
export async function restoreHome(
  home: string,
  o: BackupOptions & { folder: string; env: NodeJS.ProcessEnv },
): Promise<BackupManifest & { authors: number }> {
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
  try {
    const onFiles = async (files: readonly BackupFile[]) => {
      const keys = files.filter(({ name }) => name.startsWith(KEYS));
      const named = keys.map(({ name, content }) => ({ name: name.slice(KEYS.length), content }));
      await restoreKeystore(join(home, KEYS), named);
    };
    const manifest = await Backbone.restore({ home, ...connectionOf(config), ...o, onFiles });
    if (natsUrl === undefined) await HomeState.restored(home);
    return { ...manifest, authors: authorsIn(manifest) };
  } catch (error) {
    throw inOurWords(error);
  }
}
