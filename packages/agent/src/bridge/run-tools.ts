import type { StructuredToolInterface } from "@langchain/core/tools";
import type { z } from "zod";
import { forProgram } from "../taint/taint.js";
import { askModel } from "../tools/ask-model.js";
import type { ToolContext } from "../tools/context.js";
import { readSource } from "../tools/read-source.js";
import { Refusal } from "../tools/refusal.js";
import { searchChoirKb } from "../tools/search-choir-kb.js";
import { lookAhead } from "../tools/verify-citations.js";
import { webSearch } from "../tools/web-search.js";

/**
 * The tools of a run that a script in its VM may call: those that look, within the run's own sources and searches, and the run's model. None that publishes,
 * cites, ends the run or asks a person: a script is not the model that a person's answer was meant for.
 * @param mayLook whether the run looks for more; when it does not, a script may have a draft checked and nothing else
 */
export function runTools(context: ToolContext, mayLook: () => boolean): RunTool[] {
  const looking = [
    runTool(searchChoirKb(context)),
    runTool(webSearch(context)),
    runTool(readSource(context, { asText: true })),
    ...(context.programModel === undefined ? [] : [runTool(askModel(context.programModel))]),
  ];
  return [...looking.map((tool) => whileOpen(tool, mayLook)), runTool(lookAhead(context))];
}

/** The same tool, which keeps out of what is left for the report. */
export function whileOpen(tool: RunTool, mayLook: () => boolean): RunTool {
  return {
    ...tool,
    run: async (args, signal) => {
      if (mayLook()) return await tool.run(args, signal);
      throw new Refusal("over_budget", "What is left of the run's budget is for its report: go on without more.");
    },
  };
}

/** A tool without the graph around it. */
export interface RunTool {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
  /** Its answer, JSON. `args` have been checked against the schema. */
  run(args: unknown, signal: AbortSignal): Promise<string>;
}

function runTool(tool: StructuredToolInterface & { schema: z.ZodType }): RunTool {
  const { name, description, schema } = tool;
  return {
    name,
    description,
    schema,
    run: (args, signal) => forProgram(async () => String(await tool.invoke(args, { signal }))),
  };
}
