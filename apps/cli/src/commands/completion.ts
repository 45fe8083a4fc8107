import type { Command } from "commander";
import type { Context } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import type { WordKind } from "./completion-words.js";

export const SHELLS = ["bash", "zsh", "fish"] as const;

/** `vibewriter completion SHELL`: a script made from the commands and options as they are. */
export function completion(context: Context, program: Command, shell: string): ExitCode {
  const entries = entriesOf(program);
  if (shell === "bash") context.terminal.print(bash(entries));
  else if (shell === "zsh") context.terminal.print(zsh(entries));
  else if (shell === "fish") context.terminal.print(fish(entries));
  else throw new UsageError(`There is no completion for ${plain(shell)}; use one of ${SHELLS.join(", ")}.`);
  return EXIT.done;
}

/** What may follow a command. */
interface Entry {
  /** Its subcommands and options. */
  readonly words: readonly string[];
  readonly takesFiles: boolean;
  /** What the server lists for its arguments, by position. */
  readonly arguments: readonly (WordKind | undefined)[];
  /** Options whose next word is their value. */
  readonly valued: readonly string[];
}

/** By the command's words, "" for none. */
type Entries = ReadonlyMap<string, Entry>;

/** Arguments of these names are paths. */
const FILES: readonly string[] = ["file", "source", "target"];
/** Values of these options are. */
const FILE_OPTIONS: readonly string[] = ["--sources", "--folder", "--from"];
/** Arguments of these names are what the server lists. */
const ARGUMENTS: Readonly<Record<string, WordKind>> = {
  run: "runs",
  approval: "approvals",
  agent: "agents",
  article: "articles",
  citing: "articles",
  cited: "articles",
  author: "authors",
  follow: "follows",
  letter: "letters",
  tenant: "tenants",
  vm: "vms",
  secret: "secrets",
  skill: "skills",
  memory: "memories",
  proposal: "proposals",
  snapshot: "snapshots",
  image: "images",
  "kept-file": "kept-files",
};
/** Commands that take no finished run. */
const UNFINISHED: readonly string[] = ["resume", "retry"];
/** Values of these options are what it lists, too. */
const OPTIONS: Readonly<Record<string, WordKind>> = {
  "--continue": "runs",
  "--run": "runs",
  "--agent": "agents",
  "--cited-by": "articles",
  "--snapshot": "snapshots",
  "--image": "images",
};

function entriesOf(program: Command): Entries {
  const entries = new Map<string, Entry>();
  const visit = (command: Command, path: string): void => {
    const options = command.options.flatMap(({ long, required, optional }) =>
      long ? [{ long, isValued: required || optional }] : [],
    );
    const names = options.map(({ long }) => long);
    // Hidden ones are for scripts.
    const subcommands = command
      .createHelp()
      .visibleCommands(command)
      .filter((sub) => command.commands.includes(sub));
    const given = command.registeredArguments.map((argument) => argument.name());
    entries.set(path, {
      words: [...subcommands.map((sub) => sub.name()), ...names, "--help"],
      takesFiles: names.some((name) => FILE_OPTIONS.includes(name)) || given.some((name) => FILES.includes(name)),
      arguments: given.map((name) => (UNFINISHED.includes(path) ? "unfinished-runs" : ARGUMENTS[name])),
      valued: options.flatMap(({ long, isValued }) => (isValued ? [long] : [])),
    });
    for (const sub of subcommands) visit(sub, path ? `${path} ${sub.name()}` : sub.name());
  };
  visit(program, "");
  return entries;
}

/** What the server lists goes into COMPREPLY as it is, quoted: names that agents chose are words, whatever they look like, and nothing to expand. */
function bash(entries: Entries): string {
  const cases = [...entries].map(([path, entry]) => {
    const files = entry.takesFiles ? " -f" : "";
    const listed = entry.arguments.flatMap((kind, at) => (kind ? ` [ $at -eq ${at} ] && listed=${kind};` : []));
    return `    "${path}") COMPREPLY=($(compgen${files} -W "${entry.words.join(" ")}" -- "$word"));${listed.join("")};`;
  });
  const commands = [...entries.keys()].filter((path) => path !== "").map((path) => `"${path}"`);
  const valued = new Set([...entries.values()].flatMap((entry) => entry.valued));
  const options = Object.entries(OPTIONS).map(([long, kind]) => `    ${long}) COMPREPLY=(); listed=${kind};;`);
  return `_vibewriter() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" path="" listed="" at=0 next i one
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${commands.join("|")}) path="$next";;
      *) break;;
    esac
  done
  for ((; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -*) continue;; esac
    case "\${COMP_WORDS[i-1]}" in ${[...valued].join("|")}) ;; *) at=$((at + 1));; esac
  done
  case "$path" in
${cases.join("\n")}
    *) COMPREPLY=();;
  esac
  case "$before" in
${options.join("\n")}
  esac
  case "$word" in -*) listed="";; esac
  [ -z "$listed" ] && return 0
  while IFS= read -r one; do
    [ -n "$one" ] && COMPREPLY+=("$(printf %q "$one")")
  done <<< "$(vibewriter completion-words "$listed" "$word" 2>/dev/null)"
}
complete -F _vibewriter vibewriter`;
}

/** Bash's, by zsh's own adapter. A file of `fpath` is run as the function at the first completion, and has to answer that one, too. */
function zsh(entries: Entries): string {
  const first = '[ "$funcstack[1]" = _vibewriter ] && _bash_complete -F _vibewriter';
  return `#compdef vibewriter\nautoload -U +X bashcompinit && bashcompinit\n${bash(entries)}\n${first}\n:`;
}

function fish(entries: Entries): string {
  const lines = [...entries].flatMap(([path, entry]) => {
    const when =
      path === ""
        ? "__fish_use_subcommand"
        : path
            .split(" ")
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join("; and ");
    const kind = entry.arguments.find((one) => one !== undefined);
    const words = entry.words.map((word) => {
      if (!word.startsWith("--")) return `complete -c vibewriter -f -n "${when}" -a ${word}`;
      const listed = OPTIONS[word] && entry.valued.includes(word) ? ` -x -a "${fishWords(OPTIONS[word])}"` : "";
      return `complete -c vibewriter -n "${when}" -l ${word.slice(2)}${listed}`;
    });
    return kind ? [...words, `complete -c vibewriter -f -n "${when}" -a "${fishWords(kind)}"`] : words;
  });
  return lines.join("\n");
}

function fishWords(kind: WordKind): string {
  return `(vibewriter completion-words ${kind} (commandline -ct) 2>/dev/null)`;
}
