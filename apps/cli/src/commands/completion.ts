import type { Command } from "commander";
import type { Context } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";

export const SHELLS = ["bash", "zsh", "fish"] as const;

/** `vibewriter completion SHELL`: a script made from the commands and options as they are. */
export function completion(context: Context, program: Command, shell: string): ExitCode {
  const words = wordsOf(program);
  if (shell === "bash") context.terminal.print(bash(words));
  else if (shell === "zsh")
    context.terminal.print(`#compdef vibewriter\nautoload -U +X bashcompinit && bashcompinit\n${bash(words)}`);
  else if (shell === "fish") context.terminal.print(fish(words));
  else throw new UsageError(`There is no completion for ${plain(shell)}; use one of ${SHELLS.join(", ")}.`);
  return EXIT.done;
}

/** What may follow each command: its subcommands and its options. The key is the command's words, "" for none. */
type Words = ReadonlyMap<string, Entry>;

interface Entry {
  readonly words: readonly string[];
  readonly takesFiles: boolean;
  /** A command that lists what else may follow; it gets what was typed so far. */
  readonly lister?: string;
}

/** Arguments of these names are paths. */
const FILES: readonly string[] = ["file", "source", "target"];
/** Arguments of these names are what a command of ours lists. */
const LISTERS: Readonly<Record<string, string>> = { "kept-file": "vibewriter files ls --names" };

function wordsOf(program: Command): Words {
  const words = new Map<string, Entry>();
  const visit = (command: Command, path: string): void => {
    const options = command.options.flatMap((option) => (option.long ? [option.long] : []));
    const takesFiles =
      options.includes("--sources") || command.registeredArguments.some((argument) => FILES.includes(argument.name()));
    const lister = command.registeredArguments.map((argument) => LISTERS[argument.name()]).find((one) => one);
    words.set(path, {
      words: [...command.commands.map((sub) => sub.name()), ...options, "--help"],
      takesFiles,
      lister,
    });
    for (const sub of command.commands) visit(sub, path ? `${path} ${sub.name()}` : sub.name());
  };
  visit(program, "");
  return words;
}

function bash(words: Words): string {
  const cases = [...words].map(([path, entry]) => {
    const files = entry.takesFiles ? " -f" : "";
    const more = entry.lister === undefined ? "" : ` $(${entry.lister} "$word" 2>/dev/null)`;
    return `    "${path}") COMPREPLY=($(compgen${files} -W "${entry.words.join(" ")}${more}" -- "$word"));;`;
  });
  const commands = [...words.keys()].filter((path) => path !== "").map((path) => `"${path}"`);
  return `_vibewriter() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path="" next i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${commands.join("|")}) path="$next";;
      *) break;;
    esac
  done
  case "$path" in
${cases.join("\n")}
    *) COMPREPLY=();;
  esac
}
complete -F _vibewriter vibewriter`;
}

function fish(words: Words): string {
  const lines = [...words].flatMap(([path, entry]) => {
    const when =
      path === ""
        ? "__fish_use_subcommand"
        : path
            .split(" ")
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join("; and ");
    const listed = entry.lister && `complete -c vibewriter -f -n "${when}" -a "(${entry.lister})"`;
    const lines = entry.words.map((word) =>
      word.startsWith("--")
        ? `complete -c vibewriter -n "${when}" -l ${word.slice(2)}`
        : `complete -c vibewriter -f -n "${when}" -a ${word}`,
    );
    return listed ? [...lines, listed] : lines;
  });
  return lines.join("\n");
}
