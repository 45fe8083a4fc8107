import { fileURLToPath } from "node:url";
import type { Backbone } from "@vibewriter/backbone";
import type { Choir } from "@vibewriter/choir";
import type { AgentBridge } from "../../src/bridge/agent-bridge.js";
import type { Machines } from "../../src/machines.js";
import type { ModelEnvironment } from "../../src/models/model.js";
import type { ResearcherLimits } from "../../src/research/limits.js";
import { RunBoard } from "../../src/runs/board.js";
import { RunClient } from "../../src/runs/client.js";
import { driveOnce } from "../../src/runs/drive.js";
import { RunDriver } from "../../src/runs/driver.js";
import { KeyRing } from "../../src/runs/key-ring.js";
import { Origin } from "../../src/runs/origin.js";
import { type DriveParts, openParts } from "../../src/runs/parts.js";
import { isAtRest, type RunRecord } from "../../src/runs/record.js";
import type { WebOptions } from "../../src/sources/web.js";
import type { Telemetry } from "../../src/telemetry/telemetry.js";

/** What the VMs' layer is made of. */
const SKILLS = fileURLToPath(new URL("../../../../skills", import.meta.url));

export type Bench = Awaited<ReturnType<typeof openBench>>;

/** A client of runs, and a driver that drives what it is told to: what a worker does, without its queue. */
export async function openBench(o: {
  home: string;
  backbone: Backbone;
  choir: Choir;
  machines: Machines;
  bridge?: AgentBridge;
  telemetry?: Telemetry;
  web?: WebOptions;
  researcher?: ResearcherLimits;
  quarantine?: boolean;
}) {
  const parts: DriveParts = await openParts({ builtInSkills: SKILLS, ...o });
  const { runs, workers, worker } = parts;
  const board = await RunBoard.open(runs, workers, worker.id);
  const keys = new KeyRing(o.backbone.secrets);
  const client = new RunClient({ parts, board, keys, machines: o.machines, origin: new Origin(parts) });
  const drive = driveOnce.bind(undefined, parts);
  const driver = new RunDriver({ home: o.home, backbone: o.backbone, runs, worker, machines: o.machines, drive });
  return {
    parts,
    board,
    client,
    driver,
    /** Claims a run, resumed if it rests, and drives it to rest. */
    async drive(runId: string, o: { keys?: ModelEnvironment; signal?: AbortSignal } = {}): Promise<RunRecord> {
      const { keys: env = {}, signal = new AbortController().signal } = o;
      if (isAtRest((await client.get(runId)).status)) await client.resume(runId, env);
      const claim = await driver.claim(runId);
      if (claim === undefined) throw new Error(`Run ${runId} cannot be claimed.`);
      return await driver.drive(claim, { env, signal });
    },
    async [Symbol.asyncDispose]() {
      await board[Symbol.asyncDispose]();
      await parts.web[Symbol.asyncDispose]();
    },
  };
}
