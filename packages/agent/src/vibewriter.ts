import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { createDeepAgent, type SandboxBackendProtocolV2 } from "deepagents";
import { todoListMiddleware } from "langchain";
import { auditing } from "./audit/auditing.js";
import { MEMORY } from "./memory/place.js";
import { conversation, type Said } from "./middleware/conversation.js";
import { keptFolders } from "./middleware/kept-folders.js";
import { memory } from "./middleware/memory.js";
import { memoryGuard } from "./middleware/memory-guard.js";
import { modelCalls } from "./middleware/model-calls.js";
import { runBudget } from "./middleware/run-budget.js";
import { type EmitEvent, runScope } from "./middleware/run-scope.js";
import { skills } from "./middleware/skills.js";
import { summarization } from "./middleware/summarization.js";
import { tainting } from "./middleware/taint.js";
import type { ModelDesk } from "./models/desk.js";
import { chatPrompt } from "./prompts/chat.js";
import { mainPrompt } from "./prompts/main.js";
import { stylePrompt } from "./prompts/style.js";
import type { BudgetMeter } from "./research/budget.js";
import type { ResearcherLimits } from "./research/limits.js";
import { subagents } from "./subagents.js";
import { telemetry } from "./telemetry/middleware.js";
import type { ModelMeter } from "./telemetry/model-meter.js";
import { SILENT, type Telemetry } from "./telemetry/telemetry.js";
import { askPerson } from "./tools/ask-person.js";
import type { ToolContext } from "./tools/context.js";
import { findings } from "./tools/findings.js";
import { proposeSkill } from "./tools/propose-skill.js";
import { reachingTools } from "./tools/reach-host.js";
import { readSource } from "./tools/read-source.js";
import { recall } from "./tools/recall.js";
import { repairDraftTool } from "./tools/repair-draft.js";
import { searchChoirKb } from "./tools/search-choir-kb.js";
import { stopWithoutReport } from "./tools/stop-without-report.js";
import { webSearch } from "./tools/web-search.js";

export interface VibewriterOptions {
  /** What the tools of this run stand on. */
  readonly context: ToolContext;
  /** The models of the run: for each part one, and the one that takes over. */
  readonly desk: ModelDesk;
  /** The agent's VM. Files and commands of the agent and its subagents act there and nowhere else. */
  readonly backend: SandboxBackendProtocolV2;
  readonly checkpointer: BaseCheckpointSaver;
  readonly emit: EmitEvent;
  /** `research` works for a report; `chat` answers, and reports when it is asked to. */
  readonly kind: "research" | "chat";
  /** What the person has said so far, looked at before each model call. */
  readonly said: () => Promise<Said>;
  /** Tokens of the model's context, where the model does not say it itself; near it the thread is summarized. */
  readonly contextTokens?: number;
  /** The path of the style guide that the report is to be written after. */
  readonly styleGuide?: string;
  /** The day that the agent takes for today, `2026-11-22`. */
  readonly date: string;
  /** What the run may take, and has taken. */
  readonly meter: BudgetMeter;
  /** What each of its researchers may take. */
  readonly limits: ResearcherLimits;
  /** Measures the calls of its models. */
  readonly models: ModelMeter;
  /** Who is told of what the agent does; default: nobody. */
  readonly telemetry?: Telemetry;
}

/**
 * The deep agent of one run: plan, subagents, tools, skills and memory of its VM. Make one for each run and each time it is driven: what it
 * has done lies in the checkpointer, under the run's id as thread id.
 *
 * ```ts
 * const said = async () => ({ turns: [{ id: "1", text: "Research …", at: date }] });
 * const agent = createVibewriter({ context, kind: "research", said, desk, models, meter, limits, backend, checkpointer, emit, date });
 * await agent.invoke({ messages: [] }, { configurable: { thread_id: runId }, durability: "sync" });
 * ```
 */
export function createVibewriter(o: VibewriterOptions) {
  const { context, emit, backend, contextTokens, meter, limits } = o;
  const place = { folder: context.workspace.folder, date: o.date };
  const isChat = o.kind === "chat";
  const { observer } = o.telemetry ?? SILENT;
  const told = { observer, runId: context.runId, models: o.models };
  const planner = o.desk.of("planner");
  const looking = [
    ...[searchChoirKb(context), webSearch(context), findings(context), recall(context)],
    ...reachingTools(context),
  ];
  const turns = async () => (await o.said()).turns.map(({ text }) => text);
  return createDeepAgent({
    name: "vibewriter",
    model: planner.model,
    systemPrompt: isChat ? chatPrompt(place) : mainPrompt(place) + stylePrompt(o.styleGuide),
    tools: isChat
      ? [...looking, readSource(context), proposeSkill(context)]
      : [...looking, repairDraftTool(context), askPerson(context), stopWithoutReport(context), proposeSkill(context)],
    middleware: [
      tainting(),
      summarization({ ...o.models.alone("vibewriter"), desk: o.desk, asker: "planner", backend, meter, contextTokens }),
      skills({ backend, trusted: () => context.skills.trusted() }),
      memory({ context, backend, turns }),
      todoListMiddleware(),
      conversation({ said: o.said }),
      runBudget({ meter, emit }),
      keptFolders(context.folders),
      telemetry("vibewriter", planner.name, told),
      auditing("vibewriter", { audit: context.audit, model: planner.name }),
      runScope({ thread: context.thread, agent: "vibewriter", emit }),
      modelCalls({ agent: "vibewriter", role: "planner", desk: o.desk, emit, meter: o.models }),
      memoryGuard({ context, turns }),
    ],
    subagents: subagents({
      ...{ context, desk: o.desk, emit, told, backend, contextTokens, meter, limits, turns },
    }),
    backend,
    checkpointer: o.checkpointer,
    skills: ["/skills/"],
    memory: [MEMORY],
  });
}

export type Vibewriter = ReturnType<typeof createVibewriter>;
