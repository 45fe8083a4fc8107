import { MODEL_NAMES } from "@vibewriter/agent/runs";
import { codeOf, messageOf } from "@vibewriter/server";
import { Argument, Command, CommanderError, Option } from "commander";
import { completion, SHELLS } from "./commands/completion.js";
import { completionWords, WORD_KINDS, type WordKind } from "./commands/completion-words.js";
import { kbRebuild } from "./commands/kb/rebuild.js";
import { kbShow } from "./commands/kb/show.js";
import { kbList } from "./commands/kb.js";
import { research } from "./commands/research.js";
import { resume, retry, runs } from "./commands/runs.js";
import { doctor, setup } from "./commands/setup.js";
import { df } from "./commands/space.js";
import { stop } from "./commands/stop.js";
import { type Context, contextOf } from "./context.js";
import { plain } from "./escape.js";
import { EXIT, exitCodeOf } from "./exit.js";
import { addAnswerCommand } from "./program/answer.js";
import { addApprovalsCommands } from "./program/approvals.js";
import { decimal, idFrom, wholeNumber } from "./program/arguments.js";
import { addAuditCommands } from "./program/audit.js";
import { addAuthorCommands } from "./program/author.js";
import { addBackboneCommands } from "./program/backbone.js";
import { addChatCommands } from "./program/chat.js";
import { add, example } from "./program/command.js";
import { addDataCommands } from "./program/data.js";
import { addDlqCommands } from "./program/dlq.js";
import { addExportCommand, CITATIONS } from "./program/export.js";
import { addFilesCommands } from "./program/files.js";
import { addFollowCommands } from "./program/follow.js";
import { addImageCommands } from "./program/image.js";
import { addKbFeedCommand } from "./program/kb-feed.js";
import { addKbFileCommands } from "./program/kb-files.js";
import { addKbGraphCommands } from "./program/kb-graph.js";
import { addKbNoveltyCommand } from "./program/kb-novelty.js";
import { addKbReembedCommand } from "./program/kb-reembed.js";
import { addKbSearchCommands } from "./program/kb-search.js";
import { addLedgerCommands } from "./program/ledger.js";
import { addLogsCommand } from "./program/logs.js";
import { addMcpCommand } from "./program/mcp.js";
import { addMemoryCommands } from "./program/memory.js";
import { addNotifyCommands } from "./program/notify.js";
import { addOwnArticleCommands } from "./program/own-articles.js";
import { addReplayCommand } from "./program/replay.js";
import { searches } from "./program/searches.js";
import { addSecretsCommands } from "./program/secrets.js";
import { addSkillsCommands } from "./program/skills.js";
import { addStyleCommand } from "./program/style.js";
import { addTenantCommands } from "./program/tenant.js";
import { addTopCommand } from "./program/top.js";
import { addVerifyCommands } from "./program/verify.js";
import { addCollection, addVmCommands } from "./program/vm.js";
import { ownArguments, ownOptionsFirst } from "./program/words.js";
import { addWorkerCommands } from "./program/worker.js";
import { processTerminal, type Streams } from "./terminal.js";
import { VERSION } from "./version.js";

/** Runs `vibewriter ...argv` on the streams of this process or others; resolves with its exit code. Every error ends as one sentence on standard error. */
export async function runProgram(
  typed: readonly string[],
  env: NodeJS.ProcessEnv,
  streams: Streams = process,
): Promise<number> {
  const argv = ownOptionsFirst(typed);
  // Commander prints its own errors and help; with --json it must leave standard output alone.
  const json = argv.slice(0, ownArguments(argv)).includes("--json");
  const context = contextOf(env, processTerminal({ json, env }, streams));
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
    .configureOutput({
      writeOut: (text) => void context.terminal.streams.stdout.write(text),
      writeErr: () => undefined,
    })
    .addHelpText("after", EXAMPLES);
  add(program, "research <request>", "research a question, write a cited report, check it and publish it")
    .option(
      "--sources <path...>",
      "files and folders to read: Markdown, text, HTML, PDF, DOCX, CSV; articles as choir:ID",
    )
    .option(
      "--search <names>",
      "searches of the web: tavily, brave, searxng, wikipedia, arxiv, crossref, with commas in between, or none",
      searches,
    )
    .option("--model <name>", MODEL_NAMES)
    .option("--researcher-model <name>", "another model for the researchers")
    .option("--verifier-model <name>", "another model for the check of the draft")
    .option("--fallback-model <name>", "takes over when another model has failed for good")
    .option("--author <name>", "who publishes: an author of yours, or a new one")
    .option("--out <folder>", "where the report's folder is made", "reports")
    .option("--yes", "publish this report without asking")
    .option("--guide <guide>", "lay it out after a style guide, too: technical, academic, …, a file or choir:ID")
    .addOption(new Option("--citations <style>", "and with citations in this format").choices(CITATIONS))
    .addOption(new Option("--format <format...>", "and as files of these formats").choices(["html", "pdf", "docx"]))
    .option(
      "--max-cost <usd>",
      "what its model calls may cost; when most is spent, it writes with what it has",
      decimal(0.01, 1_000_000),
    )
    .option("--max-minutes <minutes>", "how long it may work, likewise", decimal(0.1, 100_000))
    .option("--max-tokens <n>", "tokens of its model calls, read and written, likewise", wholeNumber(1_000, 1e12))
    .option("--max-tool-calls <n>", "calls of tools, by all its agents, likewise", wholeNumber(1, 1_000_000))
    .option(
      "--max-vm-seconds <s>",
      "how long its commands may run in the VM; then it goes on without",
      wholeNumber(1, 10_000_000),
    )
    .option("--estimate", "say what it is likely to take, and start nothing")
    .option(
      "--continue <run>",
      "say this to a run that there is: it goes on, or hears it while it works",
      idFrom("vibewriter runs"),
    )
    .addHelpText(
      "after",
      example(
        'vibewriter research "DeFi yield on Base" --sources examples/base-defi',
        'vibewriter research "Bees in cities" --search wikipedia,crossref',
      ),
    )
    .action(async (request: string, o) => done(await research(context, request, o)));

  add(program, "resume", "answer a waiting run's question, or go on with an interrupted run")
    .argument("<run>", "its id", idFrom("vibewriter runs"))
    .option("--yes", "publish without asking")
    .addHelpText("after", example("vibewriter resume RUN --yes"))
    .action(async (run: string, o: { yes?: boolean }) => done(await resume(context, run, o.yes ?? false)));

  add(
    program,
    "retry",
    "start a run that did not get done anew: the same request and files, nothing of what it thought",
  )
    .argument("<run>", "its id", idFrom("vibewriter runs"))
    .option("--yes", "publish without asking")
    .addHelpText("after", example("vibewriter retry RUN"))
    .action(async (run: string, o: { yes?: boolean }) => done(await retry(context, run, o.yes ?? false)));

  addReplayCommand(program, context, done);

  const listed = add(program, "runs", "list the runs, or follow one")
    .argument("[run]", "its id", idFrom("vibewriter runs"))
    .addHelpText("after", example("vibewriter runs RUN"))
    .action(async (run: string | undefined) => done(await runs(context, run)));
  addAnswerCommand(listed, context, done);

  addOwnArticleCommands(program, context, done);
  addStyleCommand(program, context, done);
  addExportCommand(program, context, done);
  addAuthorCommands(program, context, done);

  const kb = program.command("kb").description("the knowledge base of published articles");
  addKbSearchCommands(kb, context, done);
  addKbReembedCommand(kb, context, done);
  addKbFeedCommand(kb, context, done);
  addKbNoveltyCommand(kb, context, done);
  addKbGraphCommands(kb, context, done);
  addKbFileCommands(kb, context, done);
  add(kb, "show", "print an article")
    .argument(
      "<article>",
      "its id, or the beginning of it; ID@VERSION for an earlier version",
      idFrom("vibewriter kb list"),
    )
    .option("--versions", "list its versions instead")
    .addHelpText(
      "after",
      example("vibewriter kb show 1f0c9a", "vibewriter kb show 1f0c9a@9b2e", "vibewriter kb show 1f0c9a --versions"),
    )
    .action(async (id: string, o: { versions?: boolean }) => done(await kbShow(context, id, o)));
  add(kb, "rebuild", "make the index again from its stream, and say whether it is what it was")
    .addHelpText("after", example("vibewriter kb rebuild --json"))
    .action(async () => done(await kbRebuild(context)));
  add(kb, "list", "list the articles, the newest first")
    .addHelpText("after", example("vibewriter kb list --json"))
    .action(async () => done(await kbList(context)));

  addVmCommands(program, context, done);
  add(program, "df", "say what takes space in this home")
    .addHelpText("after", example("vibewriter df --json"))
    .action(async () => done(await df(context)));
  addCollection(program, context, done);
  addApprovalsCommands(program, context, done);
  addTopCommand(program, context, done);
  addImageCommands(program, context, done);
  addChatCommands(program, context, done);
  addTenantCommands(program, context, done);
  addBackboneCommands(program, context, done);
  addNotifyCommands(program, context, done);
  addFollowCommands(program, context, done);
  addLedgerCommands(program, context, done);
  addDlqCommands(program, context, done);
  addWorkerCommands(program, context, done);
  addFilesCommands(program, context, done);
  addSkillsCommands(program, context, done);
  addDataCommands(program, context, done);
  addMemoryCommands(program, context, done);
  addSecretsCommands(program, context, done);
  addAuditCommands(program, context, done);
  addLogsCommand(program, context, done);
  addMcpCommand(program, context, done);
  addVerifyCommands(program, context, done);

  add(program, "doctor", "say what this machine has and lacks, and how to fix it").action(async () =>
    done(await doctor(context)),
  );
  add(program, "setup", "install and build what is missing").action(async () => done(await setup(context)));
  add(
    program,
    "stop",
    "end the server with its VMs and nats-server; runs go on with the next command, those with a key when resumed",
  ).action(async () => done(await stop(context)));
  program
    .command("completion <shell>")
    .description(`print a completion script for ${SHELLS.join(", ")}`)
    .addHelpText(
      "after",
      example(
        "vibewriter completion bash > ~/.local/share/bash-completion/completions/vibewriter",
        "vibewriter completion zsh > ~/.zfunc/_vibewriter  # with fpath+=~/.zfunc before compinit in ~/.zshrc",
        "vibewriter completion fish > ~/.config/fish/completions/vibewriter.fish",
      ),
    )
    .action((shell: string) => done(completion(context, program, shell)));
  program
    .command("completion-words", { hidden: true })
    .addArgument(new Argument("<kind>", "what to list").choices(WORD_KINDS))
    .argument("[word]", "how they begin", "")
    .action(async (kind: WordKind, word: string) => done(await completionWords(context, kind, word)));
  return program;
}

const EXAMPLES = `
Examples:
  vibewriter research "DeFi yield on Base" --sources examples/base-defi
  vibewriter runs
  vibewriter resume RUN --yes
  vibewriter kb search "liquidity risk"
  vibewriter vm create --id lab && vibewriter vm shell lab

Exit codes: 0 done, 1 the run failed, 2 usage, 3 a requirement is missing, 4 waiting for an approval, 130 interrupted;
vm exec and vm shell exit as their program does, or with 124 when its time was over, 126 or 127 when it could not start.`;

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
