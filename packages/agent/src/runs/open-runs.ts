import { type AuditTrail, type Backbone, requireStateVersion } from "@vibewriter/backbone";
import type { Choir, Keystore, Ledger } from "@vibewriter/choir";
import type { AgentBridge } from "../bridge/agent-bridge.js";
import { AgentData } from "../data/agent-data.js";
import type { Machines } from "../machines.js";
import { MemoryBook } from "../memory/memory-book.js";
import { classesIn, type ModelEnvironment } from "../models/model.js";
import { AgentCitations } from "../policy/agent-citations.js";
import type { Policy } from "../policy/policy.js";
import { SigningDesk } from "../publishing/signing-desk.js";
import { RecordingFolders } from "../replay/recording-folder.js";
import type { ResearcherLimits } from "../research/limits.js";
import { SkillLibrary } from "../skills/skill-library.js";
import type { WebOptions } from "../sources/web.js";
import type { Telemetry } from "../telemetry/telemetry.js";
import { RunBoard } from "./board.js";
import { RunClient } from "./client.js";
import type { RunDefaults } from "./defaults.js";
import { type Drive, RunDriver } from "./driver.js";
import { KeyRing, keepOut } from "./key-ring.js";
import { LayOuts, Origin } from "./origin.js";
import { openParts } from "./parts.js";
import { ReportFiles } from "./report-files.js";
import { RunWorker, type WorkerEvent } from "./worker.js";

export interface OpenRunsOptions {
  readonly home: string;
  readonly backbone: Backbone;
  readonly choir: Choir;
  /** Who earned what; absent: nobody says what a publication staked. */
  readonly ledger?: Pick<Ledger, "article">;
  readonly machines: Machines;
  /** Serves the tools of driven runs to the programs in their VMs; absent: programs have none. */
  readonly bridge?: AgentBridge;
  /** How many runs are driven here at once; 0: none, others drive them. */
  readonly capacity: number;
  /** Keys of this process's own: with them it drives runs of the pool that need them. Default: none. */
  readonly env?: ModelEnvironment;
  /** Gives what an environment refers to, such as `secret://anthropic`, right before a run is driven with it; default: nothing is referred to. */
  readonly resolve?: (env: ModelEnvironment) => ModelEnvironment;
  /** Said of the worker to others. */
  readonly version: string;
  readonly onEvent?: (event: WorkerEvent) => void;
  /** Who is told of what runs do; default: nobody. */
  readonly telemetry?: Telemetry;
  /** The folder on this machine with the skills that every VM has; absent: nobody says which those are. */
  readonly builtInSkills?: string;
  /** What the authors' keys are encrypted under; default: a secret that lies beside them. */
  readonly passphrase?: string;
  /** How this home searches and reads the web. */
  readonly web?: WebOptions;
  /** Whether agents read sources as claims only, which a model without tools has made of them; default: as they like. */
  readonly quarantine?: boolean;
  /** What each researcher of a run may use; default: {@link ResearcherLimits}. */
  readonly researcher?: ResearcherLimits;
  /** What agents of this home may do by themselves; default: {@link Policy}. */
  readonly policy?: Policy;
  /** What runs have where nobody says otherwise; default: {@link RunDefaults}. */
  readonly defaults?: RunDefaults;
  /** Where what agents do is kept; default: a trail of its own. */
  readonly trail?: AuditTrail;
  /** Drives a claimed run in the place of the agent. */
  readonly drive?: Drive;
}

/** The runs of a home: a client of all runs, and the worker of this process. */
export interface OpenRuns extends AsyncDisposable {
  readonly client: RunClient;
  readonly board: RunBoard;
  /** Absent if it is to drive none. */
  readonly worker: RunWorker | undefined;
  /** The authors of this home. */
  readonly authors: Keystore;
  /** What a person does with the skills of agents. */
  readonly skills: SkillLibrary;
  /** What a person does with the memory of agents. */
  readonly memory: MemoryBook;
  /** Citations that agents of elsewhere ask for. */
  readonly agentCitations: AgentCitations;
  /** Runs as folders that can be repeated elsewhere. */
  readonly recordings: RecordingFolders;
  /** What runs came to, in other forms. */
  readonly reports: ReportFiles;
  /** What is kept of an agent, to be handed out whole and to be erased. */
  readonly data: AgentData;
  /** This home, as records name it. */
  readonly host: string;
}

/**
 * Opens the runs of a home and begins to drive what is queued. Disposing hands back what is driven.
 * @throws BackboneError `other_version` if what is stored is of another version than this program knows
 */
export async function openRuns(o: OpenRunsOptions): Promise<OpenRuns> {
  // First of all: what others of another version say of themselves cannot even be read.
  await requireStateVersion(o.backbone);
  const { machines, capacity, version, onEvent, env = {}, resolve = (same) => same } = o;
  const parts = await openParts(o);
  const { worker: identity, runs } = parts;
  const board = await RunBoard.open(runs, parts.workers, identity.id);
  const { secrets } = o.backbone;
  const keys = new KeyRing(secrets);
  const own = keepOut(secrets, env);
  const origin = new Origin(parts);
  const client = new RunClient({ parts, board, keys, machines, origin });
  const drive: Drive =
    o.drive ??
    (async (record, of) => {
      const { driveOnce } = await import("./drive.js");
      return await driveOnce(parts, record, { ...of, env: resolve(of.env) });
    });
  const driver = new RunDriver({ home: o.home, backbone: o.backbone, runs, worker: identity, machines, drive });
  const { isolation } = machines;
  const classes = classesIn(env);
  const worker =
    capacity === 0
      ? undefined
      : await RunWorker.start({ parts, board, driver, keys, env, classes, capacity, version, isolation, onEvent });
  const layOuts = new LayOuts(origin, board);
  const desk = new SigningDesk({ ...parts, records: parts.signatures, host: identity.host });
  return {
    client,
    board,
    worker,
    authors: parts.authors,
    memory: new MemoryBook(parts.folders.memories, parts.trail),
    agentCitations: new AgentCitations({ policy: parts.policy, trail: parts.trail, secrets }),
    recordings: new RecordingFolders(parts),
    reports: new ReportFiles(parts),
    skills: new SkillLibrary({
      ...{ shelf: parts.skills, choir: o.choir, authors: parts.authors, machines, builtIn: o.builtInSkills },
    }),
    data: new AgentData(parts),
    host: identity.host,
    async [Symbol.asyncDispose]() {
      await worker?.[Symbol.asyncDispose]();
      await layOuts[Symbol.asyncDispose]();
      await desk[Symbol.asyncDispose]();
      await board[Symbol.asyncDispose]();
      await parts.web[Symbol.asyncDispose]();
      own[Symbol.dispose]();
    },
  };
}
