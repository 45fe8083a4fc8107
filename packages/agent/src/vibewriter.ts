import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { createDeepAgent, type SandboxBackendProtocolV2 } from "deepagents";
import { todoListMiddleware } from "langchain";
import { keptFolders } from "./middleware/kept-folders.js";
import { type EmitEvent, runScope } from "./middleware/run-scope.js";
import { mainPrompt } from "./prompts/main.js";
import { subagents } from "./subagents.js";
import { telemetry } from "./telemetry/middleware.js";
import { SILENT, type Telemetry } from "./telemetry/telemetry.js";
import type { ToolContext } from "./tools/context.js";
import { searchChoirKb } from "./tools/search-choir-kb.js";
import { stopWithoutReport } from "./tools/stop-without-report.js";

export interface VibewriterOptions {
  /** What the tools of this run stand on. */
  readonly context: ToolContext;
  readonly model: BaseChatModel;
  /** The model's full name, for messages to people. */
  readonly modelName: string;
  /** The agent's VM. Files and commands of the agent and its subagents act there and nowhere else. */
  readonly backend: SandboxBackendProtocolV2;
  readonly checkpointer: BaseCheckpointSaver;
  readonly emit: EmitEvent;
  /** The day that the agent takes for today, `2026-11-22`. */
  readonly date: string;
  /** Who is told of what the agent does; default: nobody. */
  readonly telemetry?: Telemetry;
}

/**
 * The deep agent of one run: plan, subagents, tools, skills and memory of its VM. Make one for each run and each time it is driven: what it
 * has done lies in the checkpointer, under the run's id as thread id.
 *
 * ```ts
 * const agent = createVibewriter({ context, model: openModel("offline", process.env), modelName: "offline", backend, checkpointer, emit, date });
 * await agent.invoke({ messages: [new HumanMessage("Research …")] }, { configurable: { thread_id: runId }, durability: "sync" });
 * ```
 */
export function createVibewriter(o: VibewriterOptions) {
  const { context, emit } = o;
  const told = { ...(o.telemetry ?? SILENT), runId: context.runId, model: o.modelName, emit };
  return createDeepAgent({
    name: "vibewriter",
    model: o.model,
    systemPrompt: mainPrompt({ folder: context.workspace.folder, date: o.date }),
    tools: [searchChoirKb(context), stopWithoutReport(context)],
    middleware: [
      todoListMiddleware(),
      keptFolders(context.folders),
      telemetry("vibewriter", told),
      runScope({ thread: context.thread, agent: "vibewriter", model: o.modelName, emit }),
    ],
    subagents: subagents({ context, model: o.model, modelName: o.modelName, emit, told }),
    backend: o.backend,
    checkpointer: o.checkpointer,
    skills: ["/skills/"],
    memory: ["/memories/AGENTS.md"],
  });
}

export type Vibewriter = ReturnType<typeof createVibewriter>;
