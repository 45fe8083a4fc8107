import {
  formatAmount,
  type Keystore,
  type Ledger,
  monthOf,
  monthSchema,
  outcomeText,
  parseAmount,
  postingJson,
} from "@vibewriter/choir";
import { Hono } from "hono";
import { z } from "zod";
import { codeOf } from "../errors.js";
import { LedgerFund, MOST_POSTINGS } from "../ledger/api.js";
import { balancesOf } from "../ledger/balances.js";
import { parse } from "../parse.js";
import { readBody } from "./http.js";

/** Each throws ServerError or ChoirError `unknown_author`, `ambiguous_id`, `ledger_differs` and `ledger_elsewhere`. */
export type LedgerService = Pick<Ledger, "author" | "accounts" | "article" | "history" | "verify" | "fund">;

const Whose = z.object({ author: z.string().max(100).optional() });
const FundedMonth = z.object({ month: monthSchema });
const Page = Whose.extend({
  limit: z.coerce.number().int().min(1).max(MOST_POSTINGS).default(50),
  before: z.coerce.number().int().min(1).optional(),
});

/** `/v1/ledger`: balances, postings, funding, verification. */
export function ledgerRoutes(ledger: () => LedgerService, authors: () => Pick<Keystore, "get">): Hono {
  const app = new Hono();
  /** By the name of an author of this home, else by the key. */
  const whose = async (author: string | undefined) => {
    if (author === undefined) return undefined;
    try {
      return (await authors().get(author)).publicKey;
    } catch (error) {
      if (codeOf(error) !== "unknown_author") throw error;
      return await ledger().author(author);
    }
  };

  app.get("/balances", async (c) => {
    const author = await whose(parse(Whose, c.req.query()).author);
    return c.json(balancesOf(await ledger().accounts(author)));
  });
  app.get("/postings", async (c) => {
    const { author, ...page } = parse(Page, c.req.query());
    const found = await ledger().history({ ...page, author: await whose(author) });
    return c.json({ postings: found.map(({ seq, posting }) => ({ seq, ...JSON.parse(postingJson(posting)) })) });
  });
  app.get("/articles/:id", async (c) => {
    const outcome = await ledger().article(c.req.param("id"));
    const { staked = 0n, rewarded = 0n } = outcome ?? {};
    const [stake, reward, net] = [staked, rewarded, rewarded - staked].map((units) => formatAmount(units, "CHIP"));
    return c.json({ staked: stake, rewarded: reward, net, note: outcomeText(outcome) });
  });
  app.post("/verify", async (c) => c.json(await ledger().verify()));
  app.post("/funds", async (c) => {
    const { amount, month, sponsor, reference } = await readBody(c, LedgerFund);
    const { month: funded } = parse(FundedMonth, { month: month ?? monthOf(Date.now()) });
    const first = await ledger().fund({ sponsor, reference, month: funded, amount: parseAmount(amount, "USDC") });
    const budget = (await ledger().accounts()).find(({ account }) => account === `budget:${funded}`);
    return c.json({ month: funded, budget: formatAmount(budget?.amount ?? 0n, "USDC"), first });
  });
  return app;
}
