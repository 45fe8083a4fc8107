import type { Backbone, Records } from "@vibewriter/backbone";
import { NatsStore } from "@vibewriter/langgraph-nats/store";
import type { Audit } from "../audit/audit.js";
import { auditedTree } from "../audit/audited-tree.js";
import { AgentMemories } from "../memory/agent-memories.js";
import type { MemoryGate } from "../memory/gate.js";
import { MemoryFolder } from "../memory/memory-folder.js";
import type { EmitEvent } from "../middleware/run-scope.js";
import type { SkillNotice, VmSkills, VmSkillsOptions } from "../skills/vm-skills.js";
import { ArtifactTree } from "./artifact-tree.js";
import { FileIndex } from "./file-index.js";
import type { FileTree } from "./file-tree.js";
import { KeptFolder } from "./kept-folder.js";
import { Manifest } from "./manifest.js";
import { ReadOnlyTree } from "./read-only-tree.js";
import { FolderRecord, RunFolders } from "./run-folders.js";
import type { SandboxFiles } from "./sandbox-files.js";

/** What the source mirror puts into a run's folder; it does so again in a new sandbox. */
const MIRRORED = /^sources\//;

/**
 * The folders that agents keep: `/artifacts`, `/memories`, `/skills`, what the file tools set aside, and the folder of each run. They are real
 * directories of a sandbox, so commands see them; their content is in the store, so a sandbox can be lost.
 */
export class KeptFolders {
  readonly #backbone: Backbone;
  readonly #records: Records<FolderRecord>;
  readonly #skills: VmSkills;
  readonly #index: FileIndex;
  /** What agents remember. */
  readonly memories: AgentMemories;
  readonly #turns = new Map<string, Promise<unknown>>();

  private constructor(backbone: Backbone, records: Records<FolderRecord>, skills: VmSkills) {
    this.#backbone = backbone;
    this.#records = records;
    this.#skills = skills;
    this.#index = new FileIndex(backbone.files);
    this.memories = new AgentMemories(backbone);
  }

  static async open(backbone: Backbone, skills: VmSkills): Promise<KeptFolders> {
    await NatsStore.fromConnection(backbone.connection).setup({ replicas: backbone.replicas });
    return new KeptFolders(backbone, await backbone.records("VIBEWRITER_FOLDERS", FolderRecord), skills);
  }

  /**
   * The folders of a drive, brought together with the store. Call it before anything of the drive runs in the sandbox.
   * @param o.drive how often the run was driven, this one included
   */
  async forRun(o: {
    agentId: string;
    runId: string;
    /** The run that this one repeats: then it has these folders for itself, and leaves the agent's as they are. */
    replays?: string;
    drive: number;
    sandbox: SandboxFiles;
    emit: EmitEvent;
    audit: Pick<Audit, "record" | "written">;
    /** Which changes of `/memories` become memory. */
    gate: Pick<MemoryGate, "leaveFor" | "spend">;
    /** Throws once another worker drives the run: its files are not this one's to touch any more. */
    held?: () => Promise<void>;
  }): Promise<RunFolders> {
    const { agentId, runId, replays, sandbox } = o;
    const given = await sandbox.given("/skills");
    const folder = (root: string, tree: FileTree, isForeign?: (path: string) => boolean) =>
      new KeptFolder({
        root,
        tree: auditedTree(tree, root, o.audit),
        sandbox,
        isForeign,
        manifest: new Manifest(sandbox, root),
      });
    const kept = (name: string) =>
      new ArtifactTree({ files: this.#backbone.files, index: this.#index, prefix: `${agentId}/${name}` });
    const own = (name: string) => kept(replays === undefined ? name : `replays/${runId}/${name}`);
    const memories = new MemoryFolder({ ...this.memories.of(agentId), gate: o.gate });
    const skills = own("skills");
    const folders = new RunFolders({
      ...o,
      folders: [
        folder(`/workspace/${runId}`, kept(`runs/${runId}`), (path) => MIRRORED.test(path)),
        folder("/artifacts", own("artifacts")),
        folder("/memories", replays === undefined ? memories : new ReadOnlyTree(memories)),
        folder("/skills", skills, (path) => given.has(path.split("/")[0] ?? "")),
        // Where deepagents puts results that are too large for a message, and messages that were summarized.
        folder("/large_tool_results", own("large_tool_results")),
        folder("/conversation_history", own("conversation_history")),
      ],
      records: this.#records,
      events: (after) => this.#backbone.events.read(runId, { from: after + 1 }),
      inTurn: (work) => this.#inTurn(agentId, work),
    });
    const prepared = { agentId, runId, tree: skills, drive: o.drive, sandbox, given, audit: o.audit };
    const notices = await this.#inTurn(agentId, async () => {
      await o.held?.();
      return await this.#skills.prepare(prepared);
    });
    await tell(o.emit, notices);
    await folders.sync();
    return folders;
  }

  /** Makes proposals of the skills that a run has made, after what it left in its sandbox was brought into the store. */
  async collectSkills(o: Omit<VmSkillsOptions, "tree"> & { emit: EmitEvent }): Promise<void> {
    const { emit, ...run } = o;
    const tree = new ArtifactTree({ files: this.#backbone.files, index: this.#index, prefix: `${o.agentId}/skills` });
    await tell(emit, await this.#skills.collect({ ...run, tree }));
  }

  /** Runs of one agent share its sandbox: one synchronisation at a time. */
  #inTurn<T>(agentId: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#turns.get(agentId) ?? Promise.resolve()).then(work);
    // The caller has the error; the next one gets its turn all the same.
    const turn = done.then(ignore, ignore);
    this.#turns.set(agentId, turn);
    void turn.then(() => {
      if (this.#turns.get(agentId) === turn) this.#turns.delete(agentId);
    });
    return done;
  }
}

async function tell(emit: EmitEvent, notices: readonly SkillNotice[]): Promise<void> {
  for (const { id, level, text } of notices) await emit({ type: "log", data: { level, text } }, id);
}

const ignore = () => undefined;
