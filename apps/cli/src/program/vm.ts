import type { Command } from "commander";
import { gc } from "../commands/space.js";
import { vmCheckHost } from "../commands/vm/check-host.js";
import { vmCopy } from "../commands/vm/cp.js";
import { type CreateOptions, vmCreate } from "../commands/vm/create.js";
import { type ExecOptions, vmExec } from "../commands/vm/exec.js";
import { vmExport, vmImport } from "../commands/vm/export.js";
import { type Change, vmChange, vmDestroy } from "../commands/vm/life.js";
import { vmList } from "../commands/vm/list.js";
import { vmShell } from "../commands/vm/shell.js";
import { type ForkOptions, vmFork, vmRemoveSnapshot, vmSnapshot, vmSnapshots } from "../commands/vm/snapshot.js";
import { vmStats } from "../commands/vm/stats.js";
import type { Context } from "../context.js";
import {
  assignment,
  bytes,
  decimal,
  hostAndPort,
  idFrom,
  mebibytes,
  newName,
  seconds,
  wholeNumber,
} from "./arguments.js";
import { add, example } from "./command.js";

type Done = (code: number) => void;

const anId = idFrom("vibewriter vm list");
const aSnapshot = idFrom("vibewriter vm snapshots");
const YEAR = 366 * 86_400;

/** `vibewriter vm ...`; each action hands its exit code to `done`. */
export function addVmCommands(program: Command, context: Context, done: Done): void {
  const vm = program.command("vm").description("the microVMs of this home").enablePositionalOptions();
  addMaking(vm, context, done);
  addUsing(vm, context, done);
  addLife(vm, context, done);
  addSnapshots(vm, context, done);
  addExports(vm, context, done);
  addHost(vm, context, done);
}

function addMaking(vm: Command, context: Context, done: Done): void {
  add(vm, "list", "list them, running, stopped or suspended")
    .addHelpText("after", example("vibewriter vm list --json"))
    .action(async () => done(await vmList(context)));
  add(vm, "stats", "say what they cost and use, and what they may use")
    .argument("[vm]", "its id; default: all", anId)
    .option("--watch", "redraw every two seconds, until Ctrl-C")
    .addHelpText("after", example("vibewriter vm stats", "vibewriter vm stats VM --watch"))
    .action(async (id: string | undefined, o: { watch?: boolean }) =>
      done(await vmStats(context, id, o.watch ?? false)),
    );
  add(vm, "create", "make one and start it")
    .option("--id <id>", "its name; letters, digits, '.', '_' and '-'", newName)
    .option("--image <name>", "what it is made from; default: the base", idFrom("vibewriter image list"))
    .option("--memory <size>", "such as 512M or 2G", mebibytes(128, 65_536))
    .option("--vcpus <n>", "its processors", wholeNumber(1, 16))
    .option("--disk <size>", "its own disk, such as 4G; 0 for none: nothing of it is kept", mebibytes(0, 1_048_576))
    .option("--cpus <n>", "most of the host's processors that it uses, such as 0.5", decimal(0.01, 1_024))
    .option("--disk-rate <bytes>", "most that its disk moves in a second, such as 20M", bytes)
    .option("--egress-rate <bytes>", "most that it sends and receives in a second, such as 1M", bytes)
    .option("--processes <n>", "most processes at once", wholeNumber(1, 1_000_000))
    .option("--output <bytes>", "most output of one command, such as 1M", bytes)
    .option("--life <time>", "stop it for good after so long, such as 7d", seconds(1, 10 * YEAR))
    .option(
      "--idle <time>",
      "stop it when unused for so long, such as 30m; it starts when it is used",
      seconds(1, YEAR),
    )
    .option("--user <name>", "whose it is: limits of users hold for all of theirs together")
    .option("--allow <host[:port]>", "a host that its programs may reach; may be given again", hostAndPort)
    .option("--label <name=value>", "something to know it by; may be given again", assignment)
    .addHelpText(
      "after",
      example(
        "vibewriter vm create --id lab --memory 1G --disk 8G --idle 1h",
        "vibewriter vm create --allow pypi.org --allow files.pythonhosted.org --label team=red",
      ),
    )
    .action(async (o: CreateOptions) => done(await vmCreate(context, o)));
}

function addUsing(vm: Command, context: Context, done: Done): void {
  add(vm, "exec", "run a command in one, which is started when it is not running; exits as the command does")
    .argument("<vm>", "its id", anId)
    .argument("<argv...>", "the command and its arguments")
    .option("--env <name=value>", "a variable for the command; may be given again", assignment)
    .option("--cwd <folder>", "where the command begins; default /workspace")
    .option("--timeout <time>", "end the command after so long, such as 90s or 2h", seconds(1, 86_400), 3_600)
    .passThroughOptions()
    .addHelpText(
      "after",
      example("vibewriter vm exec VM -- ls -l /workspace", "vibewriter vm exec VM -- sort < names.txt"),
    )
    .action(async (id: string, args: string[], o: ExecOptions) =>
      done(await vmExec(context, id, args[0] === "--" ? args.slice(1) : args, o)),
    );
  add(vm, "shell", "open an interactive terminal in one; Enter ~ . leaves one that answers nothing")
    .argument("<vm>", "its id", anId)
    .argument("[argv...]", "a program instead of the login shell")
    .passThroughOptions()
    .addHelpText("after", example("vibewriter vm shell VM", "vibewriter vm shell VM -- python3"))
    .action(async (id: string, args: string[]) =>
      done(await vmShell(context, id, args[0] === "--" ? args.slice(1) : args)),
    );
  add(vm, "cp", "copy a file or a folder into a VM or out of it")
    .argument("<source>", "a path, or VM:path")
    .argument("<target>", "VM:path, or a path; into the folder that is there, else to that very path")
    .addHelpText("after", example("vibewriter vm cp notes VM:/workspace", "vibewriter vm cp VM:/workspace/out.csv ."))
    .action(async (from: string, to: string) => done(await vmCopy(context, from, to)));
}

const CHANGES: readonly (readonly [Change, string])[] = [
  ["start", "start one that is stopped, or resume one that is suspended"],
  ["stop", "end its processes; its disk stays"],
  ["suspend", "save its memory and end its machine; its processes go on when it is resumed or used"],
  ["resume", "let a suspended one go on"],
];

function addLife(vm: Command, context: Context, done: Done): void {
  for (const [change, description] of CHANGES) {
    add(vm, change, description)
      .argument("<vm>", "its id", anId)
      .addHelpText("after", example(`vibewriter vm ${change} VM`))
      .action(async (id: string) => done(await vmChange(context, change, id)));
  }
  add(vm, "destroy", "end one and delete its disk")
    .argument("<vm>", "its id", anId)
    .addHelpText("after", example("vibewriter vm destroy VM"))
    .action(async (id: string) => done(await vmDestroy(context, id)));
}

function addSnapshots(vm: Command, context: Context, done: Done): void {
  add(vm, "snapshot", "keep one as it is now, with its processes; it goes on")
    .argument("<vm>", "its id", anId)
    .argument("<name>", "what to call it", newName)
    .addHelpText("after", example("vibewriter vm snapshot VM before-upgrade"))
    .action(async (id: string, name: string) => done(await vmSnapshot(context, id, name)));
  add(vm, "snapshots", "list the snapshots")
    .addHelpText("after", example("vibewriter vm snapshots"))
    .action(async () => done(await vmSnapshots(context)));
  add(vm, "rm-snapshot", "remove a snapshot; VMs that were forked from it go on")
    .argument("<snapshot>", "its name", aSnapshot)
    .addHelpText("after", example("vibewriter vm rm-snapshot before-upgrade"))
    .action(async (name: string) => done(await vmRemoveSnapshot(context, name)));
  add(vm, "fork", "make a second one that goes on from where the first, or a snapshot, is")
    .argument("[vm]", "its id", anId)
    .option("--snapshot <name>", "fork this instead of a VM", aSnapshot)
    .option("--id <id>", "the name of the second", newName)
    .option("--label <name=value>", "something to know it by; may be given again", assignment)
    .addHelpText("after", example("vibewriter vm fork VM --id second", "vibewriter vm fork --snapshot before-upgrade"))
    .action(async (id: string | undefined, o: ForkOptions) => done(await vmFork(context, id, o)));
}

function addExports(vm: Command, context: Context, done: Done): void {
  add(vm, "export", "write the disk of one into a file, to import it here or elsewhere")
    .argument("<vm>", "its id", anId)
    .argument("<file>", "which must not be there yet")
    .addHelpText("after", example("vibewriter vm export VM lab.vm"))
    .action(async (id: string, file: string) => done(await vmExport(context, id, file)));
  add(vm, "import", "make a stopped one of an exported file")
    .argument("<file>", "which vibewriter vm export has made")
    .option("--id <id>", "its name", newName)
    .addHelpText("after", example("vibewriter vm import lab.vm --id lab"))
    .action(async (file: string, o: { id?: string }) => done(await vmImport(context, file, o)));
}

function addHost(vm: Command, context: Context, done: Done): void {
  addCollection(vm, context, done);
  add(vm, "check-host", "say whether other people's agents can be run on this machine, and what to change")
    .addHelpText("after", example("vibewriter vm check-host"))
    .action(async () => done(await vmCheckHost(context)));
}

/** `gc`, which is the same for the whole home and for its VMs. */
export function addCollection(parent: Command, context: Context, done: Done): void {
  add(parent, "gc", "remove templates that nothing needs any more, and backups of migrations a month ago")
    .option("--dry-run", "only say what would be removed")
    .addHelpText("after", example("vibewriter gc --dry-run"))
    .action(async (o: { dryRun?: boolean }) => done(await gc(context, o.dryRun ?? false)));
}
