import { codeOf, messageOf } from "@vibewriter/server";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { completion, SHELLS } from "./commands/completion.js";
import { kbList, kbSearch, kbShow } from "./commands/kb.js";
import { publish } from "./commands/publish.js";
import { research } from "./commands/research.js";
import { resume, runs } from "./commands/runs.js";
import { doctor, setup } from "./commands/setup.js";
import { stop } from "./commands/stop.js";
import { vmDestroy, vmExec, vmList } from "./commands/vm.js";
import { type Context, contextOf } from "./context.js";
import { plain } from "./escape.js";
import { EXIT, exitCodeOf } from "./exit.js";
import { processTerminal } from "./terminal.js";
import { VERSION } from "./version.js";

/** Runs `vibewriter ...argv`; resolves with its exit code. Every error ends as one sentence on standard error. */
export async function runProgram(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  // Commander prints its own errors and help; with --json it must leave standard output alone.
  const json = argv.slice(0, ownArguments(argv)).includes("--json");
  const context = contextOf(env, processTerminal({ json, env }));
  let code: number = EXIT.done;
  const program = createProgram(context, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    return fail(context, error, argv);
  }
}

/** The whole command line; each action hands its exit code to `done`. */
export function createProgram(context: Context, done: (code: number) => void): Command {
  const program = new Command("vibewriter")
    .description("Researches, writes, checks and publishes, inside a microVM.")
    .version(VERSION, "-V, --version", "print the version")
    .option("--json", "print one JSON object on standard output and nothing else")
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ writeErr: () => undefined })
    .addHelpText("after", EXAMPLES);
  const add = (parent: Command, usage: string, description: string): Command =>
    parent
      .command(usage)
      .description(description)
      .option("--json", "print one JSON object on standard output and nothing else");

  add(program, "research <request>", "research a question, write a cited report, check it and publish it")
    .option("--sources <path...>", "files and folders to read: Markdown, text, HTML, PDF")
    .option("--model <name>", "anthropic:NAME, openai:NAME, ollama:NAME or offline")
    .option("--out <folder>", "where the report's folder is made", "reports")
    .option("--yes", "publish this report without asking")
    .addHelpText("after", example('vibewriter research "DeFi yield on Base" --sources examples/base-defi'))
    .action(async (request: string, o) => done(await research(context, request, o)));

  add(program, "resume", "answer a waiting run's question, or go on with an interrupted run")
    .argument("<run>", "its id", idFrom("vibewriter runs"))
    .option("--yes", "publish without asking")
    .addHelpText("after", example("vibewriter resume RUN --yes"))
    .action(async (run: string, o: { yes?: boolean }) => done(await resume(context, run, o.yes ?? false)));

  add(program, "runs", "list the runs, or follow one")
    .argument("[run]", "its id", idFrom("vibewriter runs"))
    .addHelpText("after", example("vibewriter runs RUN"))
    .action(async (run: string | undefined) => done(await runs(context, run)));

  add(
    program,
    "publish <file>",
    "check your own draft against its sources, cited as [S1], [S2] in the order given, and publish it",
  )
    .requiredOption("--sources <path...>", "files and folders that the draft cites")
    .option("--author <name>", "the name that the article carries")
    .option("--out <folder>", "where the checked draft's folder is made", "reports")
    .option("--yes", "publish without asking")
    .addHelpText("after", example("vibewriter publish draft.md --sources notes/"))
    .action(async (file: string, o) => done(await publish(context, file, o)));

  const kb = program.command("kb").description("the knowledge base of published articles");
  add(kb, "search <query>", "the articles nearest to a query")
    .option("--limit <n>", "at most so many", wholeNumber(1, 50), 5)
    .addHelpText("after", example('vibewriter kb search "liquidity risk"'))
    .action(async (query: string, o: { limit: number }) => done(await kbSearch(context, query, o.limit)));
  add(kb, "show", "print an article")
    .argument("<article>", "its id, or the beginning of it", idFrom("vibewriter kb list"))
    .action(async (id: string) => done(await kbShow(context, id)));
  add(kb, "list", "list the articles, the newest first").action(async () => done(await kbList(context)));

  const vm = program.command("vm").description("the microVMs of this home").enablePositionalOptions();
  add(vm, "list", "list them").action(async () => done(await vmList(context)));
  add(vm, "exec", "run a command in one, which is started when it is stopped")
    .argument("<vm>", "its id", idFrom("vibewriter vm list"))
    .argument("<argv...>", "the command and its arguments")
    .option("--timeout <seconds>", "end the command after so long", wholeNumber(1, 3600), 60)
    .passThroughOptions()
    .addHelpText("after", example("vibewriter vm exec VM -- ls -l /workspace"))
    .action(async (id: string, args: string[], o: { timeout: number }) =>
      done(await vmExec(context, id, args[0] === "--" ? args.slice(1) : args, o.timeout)),
    );
  add(vm, "destroy", "end one and delete its disk")
    .argument("<vm>", "its id", idFrom("vibewriter vm list"))
    .action(async (id: string) => done(await vmDestroy(context, id)));

  add(program, "doctor", "say what this machine has and lacks, and how to fix it").action(async () =>
    done(await doctor(context)),
  );
  add(program, "setup", "install and build what is missing").action(async () => done(await setup(context)));
  add(program, "stop", "end the server with its VMs and nats-server; interrupted runs can be resumed").action(
    async () => done(await stop(context)),
  );
  program
    .command("completion <shell>")
    .description(`print a completion script for ${SHELLS.join(", ")}`)
    .addHelpText("after", example("vibewriter completion bash > ~/.local/share/bash-completion/completions/vibewriter"))
    .action((shell: string) => done(completion(context, program, shell)));
  return program;
}

const EXAMPLES = `
Examples:
  vibewriter research "DeFi yield on Base" --sources examples/base-defi
  vibewriter runs
  vibewriter resume RUN --yes
  vibewriter kb search "liquidity risk"

Exit codes: 0 done, 1 the run failed, 2 usage, 3 a requirement is missing, 4 waiting for an approval, 130 interrupted.`;

function example(command: string): string {
  return `\nExample:\n  ${command}`;
}

function fail(context: Context, error: unknown, argv: readonly string[]): number {
  const { terminal } = context;
  const isUsage = error instanceof CommanderError;
  const message = plain(isUsage ? usageSentence(error, argv) : messageOf(error));
  if (terminal.json)
    terminal.printJson({ status: "failed", error: { code: isUsage ? "usage" : codeOf(error), message } });
  terminal.warn(terminal.colors.red(message));
  return isUsage ? EXIT.usage : exitCodeOf(error);
}

function usageSentence(error: CommanderError, argv: readonly string[]): string {
  const message = error.message.replace(/^error: /, "");
  if (error.code === "commander.missingArgument" && argv.includes("--sources"))
    return "--sources takes every word after it; put the request, or the draft, before it.";
  if (message.startsWith("(")) return "Say what to do; see vibewriter --help.";
  return `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, "")}; see vibewriter --help.`;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (Number.isInteger(n) && n >= least && n <= most) return n;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}`);
  };
}

/** An id that names something: an empty one, of an unset variable, and a path's dots would name something else on the server. */
function idFrom(list: string): (text: string) => string {
  return (text) => {
    if (!["", ".", ".."].includes(text.trim())) return text;
    throw new InvalidArgumentError(`It must be an id that \`${list}\` shows`);
  };
}

/** How many arguments come before those of somebody else's command, which follow `--` and the VM of `vm exec`. */
function ownArguments(argv: readonly string[]): number {
  const separator = argv.indexOf("--");
  const end = separator === -1 ? argv.length : separator;
  const exec = argv.findIndex((word, i) => word === "exec" && argv[i - 1] === "vm");
  if (exec === -1 || exec > end) return end;
  let at = exec + 1;
  while (at < end && argv[at]?.startsWith("-")) at += argv[at] === "--timeout" ? 2 : 1;
  return Math.min(at, end);
}
