import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import {
  type AddOptions,
  tenantAdd,
  tenantList,
  tenantPrepare,
  tenantRevoke,
  tenantShow,
  tenantUserAdd,
  tenantUserRevoke,
  type UserOptions,
  type Where,
} from "../commands/tenant.js";
import type { Context } from "../context.js";
import { idFrom, wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

const CONFIG = [
  "--config <file>",
  "the file that your own servers include (tenants.conf), not the home's server",
] as const;

/** `vibewriter tenant ...`; each action hands its exit code to `done`. */
export function addTenantCommands(program: Command, context: Context, done: (code: number) => void): void {
  const name = idFrom("vibewriter tenant list");
  const tenant = program.command("tenant").description("accounts on NATS for those who share it, and their keys");
  add(tenant, "add <name>", "make one, with keys for its operator, a worker and a client; or set limits of one")
    .option("--storage <size>", "what it may store, such as 10GiB", size)
    .addOption(new Option("--streams <n>", "streams").argParser(wholeNumber(1, 10_000)))
    .addOption(new Option("--consumers <n>", "consumers").argParser(wholeNumber(1, 1_000_000)))
    .addOption(new Option("--connections <n>", "connections at once").argParser(wholeNumber(1, 1_000_000)))
    .option("--payload <size>", "its largest message, such as 1MiB", size)
    .option("--out <folder>", "where the keys are written, each readable by its owner only")
    .option(...CONFIG)
    .addHelpText("after", example("vibewriter tenant add acme --storage 20GiB"))
    .action(async (tenantName: string, o) => done(await tenantAdd(context, tenantName, addOptions(o))));
  add(tenant, "list", "list them")
    .option(...CONFIG)
    .action(async (o: Where) => done(await tenantList(context, o)));
  add(tenant, "show", "its limits, and its users by their public keys")
    .argument("<tenant>", "its name", name)
    .option(...CONFIG)
    .action(async (tenantName: string, o: Where) => done(await tenantShow(context, tenantName, o)));
  add(tenant, "revoke", "let nobody of it in any more; what it has stored is kept")
    .argument("<tenant>", "its name", name)
    .option("--purge", "delete what it has stored; with --config call it twice, as it says")
    .option(...CONFIG)
    .addHelpText("after", example("vibewriter tenant revoke acme"))
    .action(async (tenantName: string, o) => done(await tenantRevoke(context, tenantName, o)));
  add(tenant, "prepare", "make the streams of the account whose operator VIBEWRITER_NATS_NKEY names, on NATS_URL")
    .option("--choir", "of the Choir's account, with its keeper's key")
    .addHelpText(
      "after",
      example("NATS_URL=tls://nats:4222 VIBEWRITER_NATS_NKEY=acme/operator.nk vibewriter tenant prepare"),
    )
    .action(async (o) => done(await tenantPrepare(context, o)));

  const user = tenant.command("user").description("keys of a tenant");
  add(user, "add", "make a key")
    .argument("<tenant>", "whose", name)
    .argument("<user>", "its name")
    .addOption(
      new Option("--role <role>", "what it may do")
        .choices(["operator", "worker", "client", "agent"])
        .makeOptionMandatory(),
    )
    .option("--agent <agent>", "whose checkpoints and memory, for the role agent")
    .option("--out <folder>", "where the key is written")
    .option(...CONFIG)
    .addHelpText("after", example("vibewriter tenant user add acme worker-2 --role worker"))
    .action(async (tenantName: string, userName: string, o: UserOptions) =>
      done(await tenantUserAdd(context, tenantName, userName, o)),
    );
  add(user, "revoke", "let a key in no more")
    .argument("<tenant>", "whose", name)
    .argument("<user>", "its name")
    .option(...CONFIG)
    .addHelpText("after", example("vibewriter tenant user revoke acme worker-2"))
    .action(async (tenantName: string, userName: string, o: Where) =>
      done(await tenantUserRevoke(context, tenantName, userName, o)),
    );
}

function addOptions(o: Record<string, unknown> & { storage?: number; payload?: number }): AddOptions {
  const { storage, payload, json: _, ...rest } = o;
  return {
    ...rest,
    ...(storage === undefined ? {} : { storageBytes: storage }),
    ...(payload === undefined ? {} : { payloadBytes: payload }),
  };
}

const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;

function size(text: string): number {
  const [, number, unit = "B"] = /^(\d{1,6})(B|KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError("write a number and KiB, MiB, GiB or TiB, such as 10GiB.");
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}
