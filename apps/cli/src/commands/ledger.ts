import type { LedgerBalances, LedgerPosting } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { count } from "../view/format.js";
import { table } from "../view/table.js";

export interface FundOptions {
  readonly amount: string;
  readonly reference: string;
  readonly month?: string;
  readonly sponsor: string;
}

/** `vibewriter ledger balance [AUTHOR]`. */
export async function ledgerBalance(context: Context, author: string | undefined): Promise<ExitCode> {
  const { terminal } = context;
  const client = await connect(context);
  const balances = await client.ledger.balances(author);
  if (terminal.json) terminal.printJson(balances);
  else if (balances.authors.length + balances.common.length === 0)
    terminal.print("Nothing was posted for this author yet.");
  else {
    const names = new Map((await client.authors.list()).map(({ publicKey, name }) => [publicKey, name]));
    for (const line of balanceTable(balances, names, terminal.outColumns)) terminal.print(line);
  }
  return EXIT.done;
}

/** `vibewriter ledger history [AUTHOR]`. */
export async function ledgerHistory(context: Context, author: string | undefined, limit: number): Promise<ExitCode> {
  const { terminal } = context;
  const postings = await (await connect(context)).ledger.postings({ author, limit });
  if (terminal.json) terminal.printJson({ postings });
  else for (const line of historyTable(postings, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter ledger verify`: ends with 1 if something is not as it should be. */
export async function ledgerVerify(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { difference, ...report } = await (await connect(context)).ledger.verify();
  const isRight = difference === undefined;
  if (terminal.json) terminal.printJson({ verified: isRight, ...report, ...(!isRight && { difference }) });
  else if (!isRight) terminal.print(`The ledger is not as it should be. ${plain(difference)}`);
  else {
    const { postings, accounts, facts, otherScores } = report;
    const others =
      otherScores === 0 ? "" : ` ${count(otherScores, "novelty score")} of another embedder taken as posted.`;
    terminal.print(
      `All is as it should be: ${count(postings, "posting")}, ${count(accounts, "account")}, ${count(facts, "effect")}.${others}`,
    );
  }
  return isRight ? EXIT.done : EXIT.failed;
}

/** `vibewriter ledger export`. */
export async function ledgerExport(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const postings: LedgerPosting[] = [];
  for await (const page of (await connect(context)).ledger.all()) postings.push(...page);
  postings.reverse();
  if (terminal.json) terminal.printJson({ postings });
  else for (const posting of postings) terminal.print(JSON.stringify(posting));
  return EXIT.done;
}

/** `vibewriter ledger fund AMOUNT --reference TEXT`. */
export async function ledgerFund(context: Context, o: FundOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { amount, reference, month, sponsor } = o;
  const funded = await (await connect(context)).ledger.fund({ amount, reference, month, sponsor });
  if (terminal.json) terminal.printJson(funded);
  else {
    const before = funded.first
      ? ""
      : "Nothing was added, since this reference of this sponsor has been counted before. ";
    terminal.print(`${before}The budget of ${funded.month} is ${funded.budget} USDC now.`);
  }
  return EXIT.done;
}

/** @param names of the authors of this home, by their keys; of others the ledger has keys alone */
function balanceTable(
  { authors, common }: LedgerBalances,
  names: ReadonlyMap<string, string>,
  width: number,
): string[] {
  const head = ["NAME", "AUTHOR", "USDC", "PENDING", "CHIP", "PENDING", "STAKED", "TO STAKE"];
  const rows = authors.map(({ author, CHIP, USDC }) => [
    plain(names.get(author) ?? ""),
    author,
    USDC.available,
    USDC.pending,
    CHIP.available,
    CHIP.pending,
    CHIP.staked,
    CHIP.granted,
  ]);
  const others = common.map(({ account, currency, amount }) => [plain(account), `${amount} ${currency}`]);
  return [
    ...(rows.length > 0 ? table([head, ...rows], width) : []),
    ...(rows.length > 0 && others.length > 0 ? [""] : []),
    ...(others.length > 0 ? table([["ACCOUNT", "BALANCE"], ...others], width) : []),
  ];
}

function historyTable(postings: readonly LedgerPosting[], width: number): string[] {
  if (postings.length === 0) return ["Nothing has been posted yet."];
  const rows = postings.map(({ seq, at, kind, article, entries, note }) => [
    String(seq),
    at.slice(0, 16).replace("T", " "),
    kind,
    plain(article ?? ""),
    plain(moved(entries)),
    plain(note ?? ""),
  ]);
  return table([["NO", "WHEN (UTC)", "WHAT", "ARTICLE", "MOVED", "WHY"], ...rows], width);
}

/** What got something, and how much: `5.00 USDC to author`. */
function moved(entries: LedgerPosting["entries"]): string {
  const got = entries.filter(({ amount }) => !amount.startsWith("-"));
  return got
    .map(
      ({ account, currency, amount }) =>
        `${decimal(amount, DECIMALS[currency])} ${currency} to ${account.split(":", 1)[0]}`,
    )
    .join(", ");
}

const DECIMALS = { CHIP: 18, USDC: 6 } as const;

function decimal(units: string, decimals: number): string {
  const digits = units.padStart(decimals + 1, "0");
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  return `${digits.slice(0, -decimals)}${fraction && `.${fraction}`}`;
}
