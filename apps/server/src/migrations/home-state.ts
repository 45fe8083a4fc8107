import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Backbone,
  NatsServer,
  otherVersion,
  readStateVersion,
  STATE_VERSION,
  writeStateVersion,
} from "@vibewriter/backbone";
import { messageOf } from "../errors.js";
import type { Log } from "../log.js";
import { VERSION } from "../version.js";
import { Backups } from "./backups.js";
import { MIGRATIONS } from "./migrations.js";
import { requireSameWorkers } from "./other-workers.js";
import { readStateFile, type StateFile, writeStateFile } from "./state-file.js";

export interface HomeStateOptions {
  readonly home: string;
  /** False: NATS is somebody else's, and so is its backup. */
  readonly isEmbedded: boolean;
  readonly log: Pick<Log, "write">;
  /** Says what is being done, for who waits for the server. */
  readonly tell: (step: string) => void;
}

/**
 * Brings a home, and the NATS that it uses, to the state version of this program. The caller has the owner's lock. First `open`, before
 * nats-server starts; then `settle`, before anything else uses what is stored. Whatever is cut off, by `kill -9` too, goes on at the next start.
 */
export class HomeState {
  readonly #o: HomeStateOptions;
  readonly #backups: Backups;
  readonly #path: string;
  readonly #found: StateFile;

  private constructor(o: HomeStateOptions, found: StateFile) {
    this.#o = o;
    this.#backups = new Backups(o.home);
    this.#path = statePath(o.home);
    this.#found = found;
  }

  /**
   * Looks at the home, and keeps a copy of what a migration will change.
   * @throws BackboneError `other_version` for a home of a newer program, ServerError `disk_full`
   */
  static async open(o: HomeStateOptions): Promise<HomeState> {
    const path = statePath(o.home);
    const written = await readStateFile(path);
    const found = written ?? fileFor(isOld(o.home) ? 1 : STATE_VERSION);
    if (found.version > STATE_VERSION) throw otherVersion(found.version);
    // From its first moment on a new home says what it is: with streams and without a word it would be taken for an old one.
    if (written === undefined && found.version === STATE_VERSION) await writeStateFile(path, found);
    const state = new HomeState(o, found);
    const isKept = found.migrating !== undefined && (await state.#has(found.migrating.backup));
    if (found.version === STATE_VERSION || !o.isEmbedded || isKept || !isOld(o.home)) return state;
    o.tell("Keeping a copy of what is stored, before it is migrated");
    // One that a dead owner left would write into what is copied.
    await NatsServer.cleanUp({ runDir: join(o.home, "nats") });
    const backup = await state.#backups.make(found.version);
    await writeStateFile(state.#path, { ...found, migrating: { to: STATE_VERSION, backup } });
    o.log.write("info", "backup made", { backup, version: found.version });
    return state;
  }

  /**
   * Migrates what NATS has, step by step, and writes the version down.
   * @throws BackboneError `other_version` if NATS is of a newer program, or workers of another version use it
   */
  async settle(backbone: Backbone): Promise<void> {
    const { isEmbedded, log, tell } = this.#o;
    // Without a word of its own, NATS is as old as the home that it belongs to, or as the first release.
    const version = (await readStateVersion(backbone)) ?? (isEmbedded ? this.#found.version : 1);
    if (version > STATE_VERSION) throw otherVersion(version);
    if (!isEmbedded) await requireSameWorkers(backbone);
    for (const migration of MIGRATIONS.filter(({ from }) => from >= version)) {
      tell(`Migrating ${migration.what}`);
      const warn = (what: string, error: unknown) =>
        log.write("warn", "not migrated", { what, error: messageOf(error) });
      await migration.run({ backbone, warn });
      await writeStateVersion(backbone, migration.from + 1, VERSION);
      log.write("info", "migrated", { to: migration.from + 1 });
    }
    await writeStateVersion(backbone, STATE_VERSION, VERSION);
    if (this.#found.version !== STATE_VERSION) await writeStateFile(this.#path, fileFor(STATE_VERSION));
    await this.#backups.prune();
  }

  /** Says of a home whose NATS was restored from a backup that it is of this version; how old NATS itself is, NATS knows. */
  static async restored(home: string): Promise<void> {
    await writeStateFile(statePath(home), fileFor(STATE_VERSION));
  }

  async #has(backup: string): Promise<boolean> {
    return (await this.#backups.list()).some(({ name }) => name === backup);
  }
}

function statePath(home: string): string {
  return join(home, "state.json");
}

/** Release 0.1.0 had no state file: a home with streams and without one is of its version. */
function isOld(home: string): boolean {
  return existsSync(join(home, "nats", "jetstream"));
}

function fileFor(version: number): StateFile {
  return { version, program: VERSION, at: new Date().toISOString() };
}
