import type { Command } from "commander";

/** Adds a command, which like every other one can print JSON. */
export function add(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option("--json", "print one JSON object on standard output and nothing else");
}

/** The end of a command's help. */
export function example(...commands: string[]): string {
  return `\nExample${commands.length > 1 ? "s" : ""}:\n${commands.map((command) => `  ${command}`).join("\n")}`;
}
