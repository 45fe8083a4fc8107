import { AUDIT_KINDS } from "@vibewriter/agent/runs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type AuditShowOptions, auditExport, auditShow, auditVerify } from "../commands/audit.js";
import type { Context } from "../context.js";
import { idFrom } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter audit ...`; each action hands its exit code to `done`. */
export function addAuditCommands(program: Command, context: Context, done: (code: number) => void): void {
  const agentId = idFrom("vibewriter runs");
  const audit = program
    .command("audit")
    .description("what agents did, asked for and were allowed, in a chain that shows what is missing");
  add(audit, "show", "show it, oldest first; with --json and --follow an object a line")
    .option("--agent <agent>", "of one agent; default: of all", agentId)
    .option("--run <run>", "of one run", idFrom("vibewriter runs"))
    .addOption(new Option("--kind <kind>", "of one kind").choices(AUDIT_KINDS))
    .option("--since <time>", "from then on: 2026-11-26, 2026-11-26T12:00, or 30m, 2h, 7d ago", sinceOf)
    .option("-f, --follow", "go on with what is recorded, until Ctrl-C")
    .addHelpText(
      "after",
      example("vibewriter audit show --run RUN --kind tool", "vibewriter audit show --since 2h --follow"),
    )
    .action(async (o: AuditShowOptions) => done(await auditShow(context, o)));
  add(
    audit,
    "verify",
    "follow the chains to their ends and hold them against what was signed; ends with 1 if one is broken, or a file is not what the named key has signed",
  )
    .argument("[file]", "a file of vibewriter audit export, which needs no server; default: the audit of the home")
    .option("--agent <agent>", "of one agent; default: of all", agentId)
    .option(
      "--public-key <file>",
      "of a file: the key, as PEM, that must have signed all of it; without one it only agrees with itself",
    )
    .addHelpText(
      "after",
      example("vibewriter audit verify", "vibewriter audit verify audit.jsonl --public-key host.pem"),
    )
    .action(async (file: string | undefined, o: { agent?: string; publicKey?: string }) =>
      done(await auditVerify(context, file, o)),
    );
  add(
    audit,
    "export",
    "write it into a file that can be verified anywhere; who has the file can read what this host can",
  )
    .requiredOption("-o, --out <file>", "the file")
    .option("--agent <agent>", "of one agent; default: of all", agentId)
    .addHelpText("after", example("vibewriter audit export -o audit.jsonl"))
    .action(async (o: { out: string; agent?: string }) => done(await auditExport(context, o)));
}

const MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time, or how long ago, as ISO 8601. */
function sinceOf(text: string): string {
  const [, digits, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ago = digits === undefined ? undefined : Number(digits) * (MS[unit ?? ""] ?? Number.NaN);
  const time = ago === undefined ? new Date(text) : new Date(Date.now() - ago);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new InvalidArgumentError("It must be a time, such as 2026-11-26, 2026-11-26T12:00 or 2h");
}
