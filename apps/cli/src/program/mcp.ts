import type { Command } from "commander";
import { type McpOptions, mcp } from "../commands/mcp.js";
import type { Context } from "../context.js";
import { wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter mcp`; the action hands its exit code to `done`. */
export function addMcpCommand(program: Command, context: Context, done: (code: number) => void): void {
  add(
    program,
    "mcp",
    "serve the knowledge base to agents over the Model Context Protocol, on standard input and output",
  )
    .option(
      "--http <port>",
      "on this port of 127.0.0.1 instead, for whoever shows the token; 0 for any",
      wholeNumber(0, 65_535),
    )
    .option("--folder <folder>", "drafts and sources are below it, and nothing else is read for an agent", ".")
    .option("--author <name>", "who publishes: an author of yours, or a new one")
    .option("--out <folder>", "where the folders of published drafts are made", "reports")
    .addHelpText("after", example("vibewriter mcp --folder ~/writing", "vibewriter mcp --folder ~/writing --http 8808"))
    .action(async (o: McpOptions) => done(await mcp(context, o)));
}
