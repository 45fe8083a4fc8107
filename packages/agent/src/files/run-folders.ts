import type { Records, StoredEvent } from "@vibewriter/backbone";
import { z } from "zod";
import type { EmitEvent } from "../middleware/run-scope.js";
import type { RunEvent } from "../runs/event.js";
import type { KeptFolder, Notice } from "./kept-folder.js";
import { MANIFESTS } from "./manifest.js";
import type { SandboxFiles } from "./sandbox-files.js";

/** How far the folders of a run were brought into the store: position in its events up to which every tool call is. */
export const FolderRecord = z.object({ synced: z.number() });
export type FolderRecord = z.infer<typeof FolderRecord>;

const ToolStarted = z.object({
  type: z.literal("tool.started"),
  data: z.object({ tool: z.string(), summary: z.string() }),
});

/** Calls that a notice of a loss names. */
const MOST_NAMED = 20;

/** Tools that leave something in the VM. */
const LEAVES_SOMETHING = new Set(["execute", "write_file", "edit_file", "delete"]);

export interface RunFoldersOptions {
  readonly agentId: string;
  readonly runId: string;
  /** How often the run was driven. */
  readonly drive: number;
  readonly sandbox: SandboxFiles;
  /** The run's own folder first. */
  readonly folders: readonly KeptFolder[];
  readonly records: Records<FolderRecord>;
  /** The events of the run behind a position. */
  readonly events: (after: number) => AsyncIterable<StoredEvent>;
  readonly emit: EmitEvent;
  /** Throws once another worker drives the run. */
  readonly held?: () => Promise<void>;
  /** Runs one synchronisation of the agent's sandbox at a time. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * The folders of one drive that are kept outside of its sandbox. Brought together before the drive, and after each step; what was not
 * when the sandbox was lost is named in the run's log.
 */
export class RunFolders {
  readonly #o: RunFoldersOptions;
  readonly #told = new Set<string>();
  /** Tool calls under way, by id, with their position in the events. */
  readonly #underWay = new Map<string, number>();
  #lastCall = 0;
  #synced = 0;
  #isTouched = false;
  #waiting: Promise<void> | undefined;
  /** The one that was asked for last. */
  #latest: Promise<void> | undefined;

  constructor(o: RunFoldersOptions) {
    this.#o = o;
  }

  /** Takes note of an event of the run that was stored at a position. */
  saw({ type, data }: RunEvent, seq: number): void {
    if (type === "tool.started" && LEAVES_SOMETHING.has(data.tool)) {
      this.#underWay.set(data.id, seq);
      this.#lastCall = Math.max(this.#lastCall, seq);
    } else if (type === "tool.finished") this.#underWay.delete(data.id);
  }

  /** Something in the sandbox may have changed. */
  touch(): void {
    this.#isTouched = true;
  }

  /** Returns when whatever was touched is in the store. */
  async settle(): Promise<void> {
    await (this.#isTouched ? this.sync() : this.#latest);
  }

  /** Brings the folders of the sandbox and the store together. Calls that wait for their turn share it. */
  sync(): Promise<void> {
    this.#waiting ??= this.#o.inTurn(() => {
      this.#waiting = undefined;
      return this.#sync();
    });
    this.#latest = this.#waiting;
    return this.#waiting;
  }

  async #sync(): Promise<void> {
    this.#isTouched = false;
    try {
      await this.#bringTogether();
    } catch (error) {
      this.#isTouched = true;
      throw error;
    }
  }

  async #bringTogether(): Promise<void> {
    const { sandbox, folders, records, runId } = this.#o;
    await this.#o.held?.();
    const upTo = Math.min(this.#lastCall, ...[...this.#underWay.values()].map((seq) => seq - 1));
    const looks = await sandbox.look([MANIFESTS, ...folders.map(({ root }) => root)]);
    const [isKnown] = await Promise.all(folders.map(({ manifest }) => manifest.refresh(looks.get(MANIFESTS) ?? EMPTY)));
    const results = await Promise.all(folders.map((folder) => folder.sync(looks.get(folder.root) ?? EMPTY, runId)));
    await this.#tell(results.flatMap(({ notices }) => notices));
    if (!isKnown) await this.#tellOfNew(results.reduce((sum, { moved }) => sum + moved, 0));
    if (upTo > this.#synced) {
      await records.put(runId, { synced: upTo });
      this.#synced = upTo;
    }
  }

  /** The run's own folder is new in this sandbox: says what was put back, and what was not kept when the one before was lost. */
  async #tellOfNew(moved: number): Promise<void> {
    const { agentId, runId, drive, records, events } = this.#o;
    const after = (await records.get(runId))?.value.synced ?? 0;
    const lost: string[] = [];
    for await (const { type, data } of events(after)) {
      const started = ToolStarted.safeParse({ type, data });
      if (started.success && LEAVES_SOMETHING.has(started.data.data.tool)) lost.push(words(started.data.data));
    }
    if (lost.length > 0) {
      const list = lost.length > MOST_NAMED ? [`${lost.length - MOST_NAMED} more`, ...lost.slice(-MOST_NAMED)] : lost;
      const text =
        `The VM of the agent ${agentId} was lost, and a new one has its files as they were last kept. ` +
        `What these calls left behind afterwards is gone: ${list.join("; ")}.`;
      await this.#tell([{ id: `kept.lost.${drive}`, text }]);
    } else if (moved > 0 && drive > 1) {
      const text = `The agent ${agentId} has a new VM; its ${moved} kept files were put there.`;
      await this.#o.emit({ type: "log", data: { level: "info", text } }, `kept.new.${drive}`);
    }
  }

  async #tell(notices: readonly Notice[]): Promise<void> {
    for (const { id, text } of notices) {
      if (this.#told.has(id)) continue;
      await this.#o.emit({ type: "log", data: { level: "warn", text } }, id);
      this.#told.add(id);
    }
  }
}

const EMPTY = { files: [], isCut: false };

function words({ tool, summary }: { tool: string; summary: string }): string {
  return `${tool} ${summary}`;
}
