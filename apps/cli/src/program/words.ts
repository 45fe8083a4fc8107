/** Options of `vm exec` and `vm shell` whose next word is their value. */
const VALUED = ["--timeout", "--env", "--cwd"];

/** How many arguments come before those of somebody else's command, which follow `--` and the VM of `vm exec` or `vm shell`. */
export function ownArguments(argv: readonly string[]): number {
  const end = separatorOf(argv);
  const foreign = foreignCommand(argv);
  if (foreign === -1 || foreign > end) return end;
  return Math.min(afterOptions(argv, foreign + 1), end);
}

/** `vm exec VM --cwd /tmp -- pwd` as `vm exec --cwd /tmp VM -- pwd`: what stands between the VM and `--` is ours when it begins with one. */
export function ownOptionsFirst(argv: readonly string[]): string[] {
  const foreign = foreignCommand(argv);
  const end = argv.indexOf("--", foreign + 1);
  const vm = afterOptions(argv, foreign + 1);
  if (foreign === -1 || end === -1 || vm >= end || !argv[vm + 1]?.startsWith("-")) return [...argv];
  return [...argv.slice(0, vm), ...argv.slice(vm + 1, end), ...argv.slice(vm, vm + 1), ...argv.slice(end)];
}

function separatorOf(argv: readonly string[]): number {
  const at = argv.indexOf("--");
  return at === -1 ? argv.length : at;
}

function foreignCommand(argv: readonly string[]): number {
  return argv.findIndex((word, i) => (word === "exec" || word === "shell") && argv[i - 1] === "vm");
}

function afterOptions(argv: readonly string[], from: number): number {
  let at = from;
  while (at < argv.length && argv[at] !== "--" && argv[at]?.startsWith("-"))
    at += VALUED.includes(argv[at] ?? "") ? 2 : 1;
  return at;
}
