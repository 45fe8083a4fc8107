import { askedIn } from "../research/asked.js";
import type { RunBoard } from "./board.js";
import { dropEmptyFolder, exportRun } from "./export.js";
import { claimRunFolder } from "./folder.js";
import { outcomeOf } from "./outcome.js";
import type { DriveParts } from "./parts.js";
import { isAtRest, type RunRecord } from "./record.js";
import { filesOf } from "./report-files.js";
import { standingContext } from "./standing.js";

/**
 * Lays out what runs of this host came to when another host has driven them: all of it is on NATS, and the person's folders are here.
 * Doing it again replaces the files by the same ones.
 */
export class Origin {
  readonly #parts: DriveParts;
  readonly #underWay = new Map<string, Promise<boolean>>();

  constructor(parts: DriveParts) {
    this.#parts = parts;
  }

  /** Lays out what was left to be laid out while no process of this host was there. */
  async catchUp(): Promise<void> {
    for (const record of await this.#parts.runs.list()) if (this.#isLeft(record)) await this.layOut(record.runId);
  }

  /** Whether this is such a run, at rest, and nobody has laid it out. */
  #isLeft({ origin, laidOut, status }: RunRecord): boolean {
    return origin === this.#parts.worker.host && !laidOut && isAtRest(status);
  }

  /** Lays out a run, if that is left to be done; returns whether there is news of it in its log. Two calls at once are one. */
  async layOut(runId: string): Promise<boolean> {
    const underWay = this.#underWay.get(runId) ?? this.#layOut(runId).finally(() => this.#underWay.delete(runId));
    this.#underWay.set(runId, underWay);
    return await underWay;
  }

  async #layOut(runId: string): Promise<boolean> {
    const { runs, backbone } = this.#parts;
    const record = await runs.get(runId);
    if (!this.#isLeft(record)) return false;
    try {
      const laid = await this.#export(record);
      await runs.change(runId, (now) =>
        now.epoch === record.epoch ? { ...now, ...laid.changes, laidOut: true } : undefined,
      );
      if (laid.artifact === undefined) return false;
      const id = `artifact.${laid.artifact.name}.${record.drives}`;
      await backbone.events.append(runId, "artifact", laid.artifact, { id });
    } catch (error) {
      // The run is done all the same; it is laid out when it is followed again, or when this host's process starts again.
      const text = error instanceof Error ? error.message : String(error);
      await backbone.events.append(runId, "log", { level: "error", text }, { id: `layout.${record.epoch}` });
    }
    return true;
  }

  async #export(record: RunRecord) {
    const { result } = record;
    const context = await standingContext(this.#parts, record);
    const { isolation, sandbox, activeMs: durationMs } = record;
    const outcome = await outcomeOf(record, context, { isolation, sandbox, lastWords: "", durationMs });
    if (outcome.report === undefined || result === undefined) {
      return { changes: { hasFolder: await dropEmptyFolder(record.folder) } };
    }
    const place = await claimRunFolder(record);
    const { name } = outcome.report;
    const path = `${place.folder}/${name}`;
    const laid = { ...result, report: path };
    const files = await filesOf(this.#parts, record, { outcome, sources: context.sources });
    const asked = await askedIn(this.#parts.backbone.events, record);
    await exportRun(context.sources, { folder: place.folder, ...outcome, result: laid, asked, files });
    const artifact = { name, path, sha256: outcome.check?.verification.draftSha256 };
    return { changes: { ...place, result: laid }, artifact };
  }
}

/** Lays out each such run as soon as it is at rest, and first what came to rest while this host was away. */
export class LayOuts implements AsyncDisposable {
  readonly #listening: Disposable;
  #turn: Promise<unknown>;

  constructor(origin: Origin, board: RunBoard) {
    this.#turn = origin.catchUp().catch(() => undefined); // NATS is away: a follower, or the next start, finds it.
    this.#listening = board.onRun(({ runId, status, laidOut }) => {
      // What cannot be laid out says so in the run's log; if NATS is away, a follower, or the next start, finds it.
      if (!laidOut && isAtRest(status)) this.#turn = this.#turn.then(() => origin.layOut(runId)).catch(() => undefined);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    await this.#turn;
  }
}
