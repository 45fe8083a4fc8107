import type { BridgeAnswer, BridgeCall, BridgeTool, BridgeTools, BridgeVm } from "@vibewriter/microvm";
import { z } from "zod";
import type { Audit } from "../audit/audit.js";
import { asJson, canonicalJson, sha256 } from "../canonical.js";
import { errorCode, rootError } from "../errors.js";
import { WORK } from "../machines.js";
import type { EmitEvent } from "../middleware/run-scope.js";
import { sourceReadBy, summarizeCall, summarizeResult } from "../middleware/summaries.js";
import { isAnswer } from "../tools/refusal.js";
import type { RunTool } from "./run-tools.js";

/** A run that is being driven, as programs in its agent's VM see it. */
export interface ServedRun {
  readonly agentId: string;
  readonly runId: string;
  /** Counts the drives of the run, so that events of this one are told from earlier ones. */
  readonly drive: number;
  readonly tools: readonly RunTool[];
  readonly emit: EmitEvent;
  readonly audit: Pick<Audit, "record">;
}

/** Calls of all scripts of a run in one drive: far more than a script needs, far fewer than a loop makes. */
const CALLS_PER_DRIVE = 500;
/** The name under which a run's events show what a script did. */
const SCRIPT = "script";

/**
 * Answers the programs in agents' work VMs with the tools of the run that they work for: its sources, its searches, its budget. A VM has
 * tools only while a run of its agent is driven, and never those of another agent.
 */
export class AgentBridge implements BridgeTools {
  readonly #runs = new Map<string, { run: ServedRun; calls: number }>();

  /** Serves a run until disposed of. */
  serve(run: ServedRun): Disposable {
    const served = { run, calls: 0 };
    this.#runs.set(run.runId, served);
    return {
      [Symbol.dispose]: () => {
        if (this.#runs.get(run.runId) === served) this.#runs.delete(run.runId);
      },
    };
  }

  async list(vm: BridgeVm, scope?: string): Promise<BridgeTool[]> {
    const found = this.#runFor(vm, scope);
    if ("error" in found) return [];
    return found.run.tools.map(({ name, description, schema }) => ({
      name,
      description,
      parameters: z.toJSONSchema(schema, { io: "input" }),
    }));
  }

  async call({ vm, name, args, scope, signal }: BridgeCall): Promise<BridgeAnswer | undefined> {
    const served = this.#runFor(vm, scope);
    if ("error" in served) return served;
    const { run } = served;
    const tool = run.tools.find((candidate) => candidate.name === name);
    if (tool === undefined) return undefined;
    const parsed = tool.schema.safeParse(args);
    if (!parsed.success) return refuse("invalid_argument", `${name}: ${z.prettifyError(parsed.error)}`);
    if (served.calls >= CALLS_PER_DRIVE) {
      return refuse("over_budget", `Scripts of this run have made ${CALLS_PER_DRIVE} calls; go on without.`);
    }
    const id = `script.${run.drive}.${++served.calls}`;
    const started = Date.now();
    const about = { id, tool: name, agent: SCRIPT };
    const summary = summarizeCall(name, args);
    await run.emit({ type: "tool.started", data: { ...about, summary } }, `${id}.started`);
    const text = await answerOf(tool, args, signal);
    const ok = !("error" in text);
    const answer = "error" in text ? text.error.message : text.json;
    const outcome = { summary: summarizeResult(name, answer, ok), source: sourceReadBy(name, answer, ok) };
    const ms = Date.now() - started;
    const given = canonicalJson(asJson(args));
    run.audit.record({
      ...{ kind: "tool", tool: name, call: id, agent: SCRIPT, argsHash: sha256(given), args: given, ms },
      ...{ outcome: ok ? "ok" : "error", resultHash: sha256(answer), resultBytes: Buffer.byteLength(answer) },
    });
    const data = { ...about, ok, ...outcome, ms };
    await run.emit({ type: "tool.finished", data }, `${id}.finished`);
    return "error" in text ? text : { result: JSON.parse(text.json) };
  }

  /** The run that a program of a VM works for: the one that it names, or the only one. */
  #runFor(vm: BridgeVm, scope: string | undefined) {
    const { role, agent } = vm.labels;
    const runs = [...this.#runs.values()].filter(({ run }) => role === WORK && run.agentId === agent);
    const [only, ...others] = scope === undefined ? runs : runs.filter(({ run }) => run.runId === scope);
    if (only === undefined)
      return refuse("no_run", "No run of this agent is being driven that could answer; begin one.");
    if (others.length === 0) return only;
    return refuse("which_run", "Several runs of this agent are driven; set VIBEWRITER_SCOPE to the id of yours.");
  }
}

type Answer = { json: string } | { error: { code: string; message: string } };

/** Throws what is a failure of the host. */
async function answerOf(tool: RunTool, args: Record<string, unknown>, signal: AbortSignal): Promise<Answer> {
  try {
    return { json: await tool.run(args, signal) };
  } catch (error) {
    const root = rootError(error);
    if (!isAnswer(root)) throw error;
    return refuse(errorCode(root) ?? "failed", root.message);
  }
}

function refuse(code: string, message: string) {
  return { error: { code, message } };
}
