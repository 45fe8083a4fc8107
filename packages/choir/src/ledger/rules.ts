import { ChoirError } from "../errors.js";
import { Agenda } from "./agenda.js";
import { Book, transfer } from "./book.js";
import { chipReward } from "./chip-reward.js";
import type { Economy } from "./config.js";
import type { Cited, Fact, Published, Retracted } from "./facts.js";
import { parseAmount } from "./money.js";
import { type Counted, citationPays, type NoveltyClaim, noveltyPays, Standing } from "./month-end.js";
import { DAY_MS, endOf, monthOf } from "./months.js";
import type { Posting } from "./posting.js";
import { smaller } from "./shares.js";

/** All CHIP there are, in whole ones. */
const CHIP_SUPPLY = "100000000";

interface ArticleState {
  author: string;
  fallen: boolean;
  /** Citations that were reckoned at a month's end and are not vested, by the keys of {@link citationOf}. */
  readonly pending: Set<string>;
}

interface CitationState extends Counted {
  key: string;
  state: "counted" | "pending" | "done";
}

interface Claim extends NoveltyClaim {
  /** Milliseconds from which on it can be released. */
  ripe: number;
}

type Due =
  | { type: "refund"; article: string; granted: bigint; own: bigint }
  | { type: "vest"; citation: CitationState }
  | { type: "expiry"; claim: Claim }
  | { type: "close"; month: string };

/** A payment of a sponsor into the budget of a month, in the smallest units of USDC; `reference` names it. */
export interface Funding {
  sponsor: string;
  month: string;
  amount: bigint;
  reference: string;
}

type Draft = Omit<Posting, "at">;

/**
 * The rules of the economy: a pure function of what happened and of time. Each method returns the postings that follow,
 * in their order, already applied to its {@link Book}; nothing here looks at a clock. A fact that was applied before, or
 * concerns nobody here, gives nothing and changes nothing.
 */
export class Rules {
  readonly book = new Book();
  #economy: Economy;
  #changes = 0;
  /** Time of the last posting, in milliseconds: all of the past that a ledger tells, so all that may decide. */
  #last = 0;
  /** Time of what is being posted. */
  #now = 0;
  readonly #agenda = new Agenda<Due>();
  readonly #articles = new Map<string, ArticleState>();
  readonly #citations = new Map<string, CitationState>();
  readonly #months = new Map<string, CitationState[]>();
  readonly #closing = new Set<string>();
  /** Novelty rewards that are pending, by their articles. */
  readonly #claims = new Map<string, Claim>();
  /** In the order of their first signed articles. */
  readonly #authors = new Set<string>();
  #made: Posting[] = [];

  constructor(economy: Economy) {
    this.#economy = economy;
  }

  get economy(): Economy {
    return this.#economy;
  }

  /** When the next thing falls due that is known now, in milliseconds. */
  get nextDue(): number | undefined {
    return this.#agenda.next;
  }

  /** The first posting of a ledger: all CHIP go into the treasury. */
  begin(at: number): Posting[] {
    return this.#making(at, () => {
      const entries = transfer("issuance", "treasury", "CHIP", parseAmount(CHIP_SUPPLY, "CHIP"));
      this.#post({ key: "genesis", kind: "genesis", cause: { type: "rules", economy: this.#economy }, entries });
    });
  }

  /** Other numbers hold from now on. */
  change(economy: Economy, at: number): Posting[] {
    return this.#making(at, () => {
      this.#economy = economy;
      this.#changes += 1;
      const key = `rules:${this.#changes}`;
      this.#post({ key, kind: "rules", cause: { type: "rules", economy }, entries: [] });
    });
  }

  /**
   * A sponsor pays into the budget of a month.
   * @throws ChoirError `invalid_funding` for a month that is over, or nothing
   */
  fund({ sponsor, month, amount, reference }: Funding, at: number): Posting[] {
    const key = `fund:${sponsor}:${reference}`;
    if (this.book.has(key)) return [];
    if (amount <= 0n) throw new ChoirError("invalid_funding", "Nothing was to be paid: name an amount above 0.");
    // Before anything is made: what an error leaves behind would be posted and lost.
    const present = monthOf(Math.max(this.#last, at));
    if (month < present) {
      throw new ChoirError("invalid_funding", `${month} is over: fund ${present} or a later month.`);
    }
    return this.#making(at, () => {
      this.#close(month);
      const entries = transfer(`sponsor:${sponsor}`, `budget:${month}`, "USDC", amount);
      this.#post({ key, kind: "fund", cause: { type: "fund", month, reference }, entries });
    });
  }

  apply(fact: Fact): Posting[] {
    if (!this.#concerns(fact)) return [];
    return this.#making(Date.parse(fact.at), () => {
      if (fact.type === "published") this.#publish(fact);
      else if (fact.type === "cited") this.#cite(fact);
      else this.#retract(fact);
    });
  }

  /** What has fallen due up to a time. */
  due(until: number): Posting[] {
    return this.#making(until, () => undefined);
  }

  /** What is to come is posted at `at`, but never before what was posted last, and after all that was due by then. */
  #making(at: number, make: () => void): Posting[] {
    const made: Posting[] = [];
    this.#made = made;
    this.#fall(at);
    this.#now = Math.max(this.#last, at);
    make();
    return made;
  }

  #post(draft: Draft): void {
    const posting = { ...draft, at: new Date(this.#now).toISOString() };
    this.book.post(posting);
    this.#last = this.#now;
    this.#made.push(posting);
  }

  #concerns(fact: Fact): boolean {
    if (fact.type === "published") return !this.#articles.has(fact.article);
    if (fact.type === "retracted") return this.#articles.get(fact.article)?.fallen === false;
    const { citing, cited } = fact;
    const [from, to] = [this.#articles.get(citing), this.#articles.get(cited)];
    if (!from || !to || from.fallen || to.fallen || from.author === to.author) return false;
    return !this.#citations.has(citationOf(citing, cited));
  }

  #publish(cause: Published): void {
    const { article, author } = cause;
    const about = { author, article, cause };
    if (!this.#authors.has(author)) {
      this.#authors.add(author);
      const grant = smaller(parseAmount(this.#economy.starterGrant, "CHIP"), this.book.balance("treasury", "CHIP"));
      const entries = transfer("treasury", `granted:${author}`, "CHIP", grant);
      if (grant > 0n) this.#post({ key: `grant:${author}`, kind: "grant", ...about, entries });
    }
    this.#articles.set(article, { author, fallen: false, pending: new Set() });
    const staked = this.#stake(cause);
    const { reward, note } = this.#reward(cause, staked);
    const account = `pending:${article}@${cause.version}`;
    const entries = transfer("treasury", account, "CHIP", reward);
    this.#post({ key: `novelty:${article}@${cause.version}`, kind: "novelty", ...about, note, entries });
    if (reward === 0n) return;
    const claim = { article, account, author, left: reward, ripe: this.#now + this.#economy.noveltyDays * DAY_MS };
    this.#claims.set(article, claim);
    this.#close(monthOf(claim.ripe));
    this.#agenda.add(this.#now + this.#economy.noveltyExpiresDays * DAY_MS, { type: "expiry", claim });
  }

  /** Locks the stake, of the grant first; false if the author does not have it. */
  #stake(cause: Published): boolean {
    const { article, author } = cause;
    const stake = parseAmount(this.#economy.stake, "CHIP");
    const granted = smaller(stake, this.book.balance(`granted:${author}`, "CHIP"));
    const own = stake - granted;
    if (own > this.book.balance(`author:${author}`, "CHIP")) return false;
    const entries = [
      ...transfer(`granted:${author}`, `stake:${article}`, "CHIP", granted),
      ...transfer(`author:${author}`, `stake:${article}`, "CHIP", own),
    ];
    this.#post({ key: `stake:${article}`, kind: "stake", author, article, cause, entries });
    this.#agenda.add(this.#now + this.#economy.stakeDays * DAY_MS, { type: "refund", article, granted, own });
    return true;
  }

  #reward({ novelty: { score, mode } }: Published, staked: boolean): { reward: bigint; note: string } {
    const earned = chipReward(score);
    if (mode === "lexical") return { reward: 0n, note: `score ${score} is provisional (lexical) and pays nothing` };
    if (!staked) return { reward: 0n, note: `score ${score}, but the author had no CHIP left to stake` };
    if (earned === 0n) return { reward: 0n, note: `score ${score} is below 20 and pays nothing` };
    const reward = smaller(earned, this.book.balance("treasury", "CHIP"));
    return { reward, note: reward < earned ? `score ${score}; the treasury had no more` : `score ${score}` };
  }

  #cite(cause: Cited): void {
    const { citing, cited } = cause;
    const citingAuthor = this.#articles.get(citing)?.author ?? "";
    const citedAuthor = this.#articles.get(cited)?.author ?? "";
    const month = monthOf(this.#now);
    const key = citationOf(citing, cited);
    const citation: CitationState = { key, citing, cited, citingAuthor, citedAuthor, state: "counted" };
    this.#citations.set(key, citation);
    const counted = this.#months.get(month);
    if (counted) counted.push(citation);
    else this.#months.set(month, [citation]);
    this.#close(month);
    const note = `counts in ${month}, is reckoned at its end`;
    this.#post({ key: `cited:${key}`, kind: "cited", author: citedAuthor, article: cited, cause, note, entries: [] });
  }

  #retract(cause: Retracted): void {
    const { article } = cause;
    const state = this.#articles.get(article);
    if (!state) return;
    state.fallen = true;
    const { author } = state;
    this.#post({ key: `retracted:${article}`, kind: "retracted", author, article, cause, entries: [] });
    const month = monthOf(this.#now);
    for (const key of [...state.pending].sort()) {
      const citation = this.#citations.get(key);
      if (!citation) continue;
      this.#settle(citation);
      this.#close(month);
      const amount = this.book.balance(`pending:${key}`, "USDC");
      const entries = transfer(`pending:${key}`, `budget:${month}`, "USDC", amount);
      const about = { author: citation.citedAuthor, article: citation.cited };
      this.#post({ key: `clawback:${key}`, kind: "clawback", ...about, cause, entries });
    }
    const claim = this.#claims.get(article);
    if (claim) this.#giveBack(claim, "clawback", cause);
  }

  /** Things that are due, in the order of their times. */
  #fall(until: number): void {
    for (let item = this.#agenda.take(until); item; item = this.#agenda.take(until)) {
      this.#now = Math.max(this.#last, item.at);
      const { what } = item;
      if (what.type === "refund") this.#refund(what);
      else if (what.type === "vest") this.#vest(what.citation);
      else if (what.type === "expiry") this.#giveBack(what.claim, "expiry", { type: "due" });
      else this.#closeMonth(what.month);
    }
  }

  #refund({ article, granted, own }: Extract<Due, { type: "refund" }>): void {
    const author = this.#articles.get(article)?.author ?? "";
    const entries = [
      ...transfer(`stake:${article}`, `granted:${author}`, "CHIP", granted),
      ...transfer(`stake:${article}`, `author:${author}`, "CHIP", own),
    ];
    this.#post({ key: `refund:${article}`, kind: "refund", author, article, cause: { type: "due" }, entries });
  }

  #vest(citation: CitationState): void {
    // Clawed back meanwhile.
    if (citation.state !== "pending") return;
    const { key, citedAuthor: author, cited: article } = citation;
    this.#settle(citation);
    const amount = this.book.balance(`pending:${key}`, "USDC");
    const entries = transfer(`pending:${key}`, `author:${author}`, "USDC", amount);
    this.#post({ key: `vest:${key}`, kind: "vest", author, article, cause: { type: "due" }, entries });
  }

  #settle(citation: CitationState): void {
    citation.state = "done";
    for (const id of [citation.citing, citation.cited]) this.#articles.get(id)?.pending.delete(citation.key);
  }

  /** Returns what is left of a novelty reward to the treasury. */
  #giveBack(claim: Claim, kind: "clawback" | "expiry", cause: Posting["cause"]): void {
    const { author, article, account, left } = claim;
    if (!this.#claims.delete(article)) return;
    const entries = transfer(account, "treasury", "CHIP", left);
    this.#post({ key: `${kind}:${account.slice("pending:".length)}`, kind, author, article, cause, entries });
  }

  /** Has the end of a month reckoned, once. */
  #close(month: string): void {
    if (this.#closing.has(month)) return;
    this.#closing.add(month);
    this.#agenda.add(endOf(month), { type: "close", month });
  }

  #closeMonth(month: string): void {
    const standing = new Standing([...this.#authors], this.#counting(), this.#seeds());
    this.#payCitations(month, standing);
    this.#releaseNovelty(month, standing);
    const next = monthOf(endOf(month));
    const left = this.book.balance(`budget:${month}`, "USDC");
    if (left > 0n || this.#claims.size > 0) this.#close(next);
    const entries = transfer(`budget:${month}`, `budget:${next}`, "USDC", left);
    this.#post({ key: `close:${month}`, kind: "close", cause: { type: "due" }, entries });
    this.#months.delete(month);
  }

  #payCitations(month: string, standing: Standing): void {
    const citations = (this.#months.get(month) ?? []).filter((citation) => this.#counts(citation));
    const pays = citationPays(citations, standing, this.#economy, this.book.balance(`budget:${month}`, "USDC"));
    citations.forEach((citation, i) => {
      const amount = pays[i] ?? 0n;
      if (amount === 0n) return;
      const { key, cited, citedAuthor: author } = citation;
      citation.state = "pending";
      for (const id of [citation.citing, cited]) this.#articles.get(id)?.pending.add(key);
      const entries = transfer(`budget:${month}`, `pending:${key}`, "USDC", amount);
      const cause = { type: "due" as const };
      this.#post({ key: `citation:${key}`, kind: "citation", author, article: cited, cause, entries });
      this.#agenda.add(this.#now + this.#economy.vestingDays * DAY_MS, { type: "vest", citation });
    });
  }

  #releaseNovelty(month: string, standing: Standing): void {
    const ripe = [...this.#claims.values()].filter((claim) => claim.ripe <= this.#now);
    const pays = noveltyPays(ripe, standing, this.#economy);
    ripe.forEach((claim, i) => {
      const amount = pays[i] ?? 0n;
      if (amount === 0n) return;
      const { account, author, article } = claim;
      claim.left -= amount;
      if (claim.left === 0n) this.#claims.delete(article);
      const entries = transfer(account, `author:${author}`, "CHIP", amount);
      const key = `release:${month}:${article}`;
      this.#post({ key, kind: "release", author, article, cause: { type: "due" }, entries });
    });
  }

  *#counting(): Generator<Counted> {
    for (const citation of this.#citations.values()) if (this.#counts(citation)) yield citation;
  }

  #counts({ citing, cited }: Counted): boolean {
    return [citing, cited].every((id) => this.#articles.get(id)?.fallen === false);
  }

  #seeds(): string[] {
    const { seeds, founders } = this.#economy;
    return seeds.length > 0 ? seeds : [...this.#authors].slice(0, founders);
  }
}

function citationOf(citing: string, cited: string): string {
  return `${citing}:${cited}`;
}
