import type { BackendProtocolV2, SubAgent } from "deepagents";
import { auditing } from "./audit/auditing.js";
import { keptFolders } from "./middleware/kept-folders.js";
import { memoryGuard } from "./middleware/memory-guard.js";
import { modelCalls } from "./middleware/model-calls.js";
import { researcherBudget } from "./middleware/researcher-budget.js";
import { runBudget } from "./middleware/run-budget.js";
import { type EmitEvent, runScope } from "./middleware/run-scope.js";
import { skills } from "./middleware/skills.js";
import { summarization } from "./middleware/summarization.js";
import { tainting } from "./middleware/taint.js";
import type { ModelDesk } from "./models/desk.js";
import type { ModelRole } from "./models/roles.js";
import { commonRules } from "./prompts/common.js";
import { publisherPrompt } from "./prompts/publisher.js";
import { researcherPrompt } from "./prompts/researcher.js";
import { verifierPrompt } from "./prompts/verifier.js";
import type { BudgetMeter } from "./research/budget.js";
import type { ResearcherLimits } from "./research/limits.js";
import { recorderOf } from "./research/recorder.js";
import { type TelemetryOptions, telemetry } from "./telemetry/middleware.js";
import { citeArticleTool } from "./tools/cite-article.js";
import type { ToolContext } from "./tools/context.js";
import { publishToChoir } from "./tools/publish-to-choir.js";
import { reachingTools } from "./tools/reach-host.js";
import { readSource } from "./tools/read-source.js";
import { recordClaims } from "./tools/record-claims.js";
import { searchChoirKb } from "./tools/search-choir-kb.js";
import { verifyCitations } from "./tools/verify-citations.js";
import { webSearch } from "./tools/web-search.js";

/** The agents that the main agent delegates to, each with the tools its part needs and no others. */
export function subagents(o: {
  context: ToolContext;
  desk: ModelDesk;
  emit: EmitEvent;
  told: TelemetryOptions;
  backend: BackendProtocolV2;
  contextTokens?: number;
  meter: BudgetMeter;
  limits: ResearcherLimits;
  /** What the person has said. */
  turns: () => Promise<readonly string[]>;
}): SubAgent[] {
  const { context, emit, meter, limits } = o;
  const { folder } = context.workspace;
  const scope = (agent: string, role: ModelRole) => [
    tainting(),
    summarization({
      ...o.told.models.alone(agent),
      desk: o.desk,
      asker: role,
      backend: o.backend,
      meter,
      contextTokens: o.contextTokens,
    }),
    keptFolders(context.folders),
    telemetry(agent, o.desk.of(role).name, o.told),
    auditing(agent, { audit: context.audit, model: o.desk.of(role).name }),
    runScope({ thread: context.thread, agent, emit }),
    modelCalls({ agent, role, desk: o.desk, emit, meter: o.told.models }),
    memoryGuard({ context, turns: o.turns }),
  ];
  const claimsBy = async (task: string) =>
    (await context.claims.list()).flatMap(({ id, by }) => (by === recorderOf(task) ? [id] : []));
  return [
    {
      name: "researcher",
      model: o.desk.of("researcher").model,
      description:
        "Answers one question from the sources and writes notes with source ids. Start several at once for separate questions.",
      systemPrompt: researcherPrompt(folder, { scripts: context.scripts }),
      tools: [
        ...[webSearch(context), readSource(context), searchChoirKb(context), recordClaims(context)],
        ...reachingTools(context),
      ],
      middleware: [researcherBudget({ limits, meter, claimsBy, emit }), ...scope("researcher", "researcher")],
    },
    {
      name: "verifier",
      model: o.desk.of("verifier").model,
      description: "Checks every citation of a draft against its source and reports what fails. Does not edit.",
      systemPrompt: verifierPrompt(folder),
      tools: [verifyCitations(context), readSource(context), webSearch(context)],
      middleware: [
        runBudget({ meter, emit, stage: "check" }),
        skills({ backend: o.backend, trusted: () => context.skills.trusted() }),
        ...scope("verifier", "verifier"),
      ],
      skills: ["/skills/"],
    },
    {
      name: "publisher",
      description: "Publishes a checked draft to the Choir knowledge base and cites the articles it uses.",
      systemPrompt: publisherPrompt(folder),
      tools: [publishToChoir(context), citeArticleTool(context)],
      middleware: [runBudget({ meter, emit, stage: "publish" }), ...scope("publisher", "planner")],
    },
    // deepagents adds an agent of this name by itself, outside of our middleware; this one stands in its place.
    {
      name: "general-purpose",
      description:
        "Does a chore with files or commands in the VM that needs no sources, such as counting or converting a table.",
      systemPrompt: `You do one chore with files and commands for the main agent and report what came out.\n\n${commonRules(folder)}`,
      tools: reachingTools(context),
      middleware: [runBudget({ meter, emit }), ...scope("general-purpose", "planner")],
    },
  ];
}
