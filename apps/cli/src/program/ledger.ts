import type { Command } from "commander";
import { ledgerBalance, ledgerExport, ledgerFund, ledgerHistory, ledgerVerify } from "../commands/ledger.js";
import type { Context } from "../context.js";
import { idFrom, wholeNumber } from "./arguments.js";
import { add, example } from "./command.js";

/** `vibewriter ledger ...`; each action hands its exit code to `done`. */
export function addLedgerCommands(program: Command, context: Context, done: (code: number) => void): void {
  const author = idFrom("vibewriter ledger balance");
  const ledger = program.command("ledger").description("who earned what: stakes, rewards and budgets in CHIP and USDC");
  add(ledger, "balance", "what each author has, or one of them")
    .argument("[author]", "the name of an author of this home, or a key, or the beginning of one", author)
    .addHelpText("after", example("vibewriter ledger balance"))
    .action(async (name: string | undefined) => done(await ledgerBalance(context, name)));
  add(ledger, "history", "the postings, the newest first: all, or those about one author")
    .argument("[author]", "the name of an author of this home, or a key, or the beginning of one", author)
    .option("--limit <n>", "at most so many", wholeNumber(1, 1_000), 50)
    .addHelpText("after", example("vibewriter ledger history --limit 20"))
    .action(async (name: string | undefined, o: { limit: number }) =>
      done(await ledgerHistory(context, name, o.limit)),
    );
  add(ledger, "verify", "derive every posting and every balance again, and name the first difference")
    .addHelpText("after", example("vibewriter ledger verify"))
    .action(async () => done(await ledgerVerify(context)));
  add(ledger, "export", "print all postings, the oldest first, as JSON Lines")
    .addHelpText("after", example("vibewriter ledger export > ledger.jsonl"))
    .action(async () => done(await ledgerExport(context)));
  add(ledger, "fund", "say that a sponsor has paid into the budget from which a month's citations are paid")
    .argument("<amount>", "in USDC, such as 500 or 12.50")
    .requiredOption("--reference <text>", "what names the payment; the same reference counts once")
    .option("--month <yyyy-mm>", "whose citations it pays; default: the present month, in UTC")
    .option("--sponsor <name>", "who has paid", "operator")
    .addHelpText("after", example('vibewriter ledger fund 500 --reference "transfer of 3 November"'))
    .action(async (amount: string, o) => done(await ledgerFund(context, { amount, ...o })));
}
