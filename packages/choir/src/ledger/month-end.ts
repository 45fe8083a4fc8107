import { type AuthorEdge, pairWeight, RECIPROCAL, trustOf } from "../citations/trust.js";
import type { Economy } from "./config.js";
import { parseAmount } from "./money.js";
import { payByWeight, within } from "./shares.js";

/** A citation that counts: both articles are signed and stand, and have different authors. */
export interface Counted {
  citing: string;
  cited: string;
  citingAuthor: string;
  citedAuthor: string;
}

/** A novelty reward that is still pending, or what is left of it. */
export interface NoveltyClaim {
  article: string;
  account: string;
  author: string;
  left: bigint;
}

/** Authors by how far they are trusted, and who cites back whom. */
export class Standing {
  readonly #trust: Map<string, number>;
  readonly #pairs: Set<string>;

  /** `citations` are all that count up to now, not those of one month. */
  constructor(authors: readonly string[], citations: Iterable<Counted>, seeds: readonly string[]) {
    const edges = new Map<string, AuthorEdge>();
    for (const { citingAuthor, citedAuthor } of citations) {
      const pair = pairOf(citingAuthor, citedAuthor);
      const edge = edges.get(pair) ?? { citing: citingAuthor, cited: citedAuthor, citations: 0 };
      edge.citations += 1;
      edges.set(pair, edge);
    }
    this.#trust = trustOf(authors, [...edges.values()], seeds);
    this.#pairs = new Set(edges.keys());
  }

  /** In units of 10^-15. */
  trust(author: string): bigint {
    return units(this.#trust.get(author) ?? 0);
  }

  citesBack(citing: string, cited: string): boolean {
    return this.#pairs.has(pairOf(cited, citing));
  }
}

/**
 * USDC (smallest units) for each citation of a month. Every author has a vote as large as the trust in them and divides
 * it among those whom they cite, however many citations that are; what votes are worth is {@link payByWeight}'s to say.
 */
export function citationPays(
  citations: readonly Counted[],
  standing: Standing,
  economy: Economy,
  budget: bigint,
): bigint[] {
  const most = parseAmount(economy.perCitation, "USDC");
  const claims = votes(citations, standing).map((weight) => ({ weight, most }));
  const byRate = payByWeight(claims, economy.paidInFull);
  const pairs = citations.map(({ citingAuthor, citedAuthor }) => pairOf(citingAuthor, citedAuthor));
  const perPair = withinEach(pairs, byRate, parseAmount(economy.perPairMonth, "USDC"));
  const authors = citations.map(({ citedAuthor }) => citedAuthor);
  return within(budget, withinEach(authors, perPair, parseAmount(economy.perAuthorMonth, "USDC")));
}

/** CHIP (smallest units) that are released of each novelty reward at the end of a month, by the trust in its author. */
export function noveltyPays(claims: readonly NoveltyClaim[], standing: Standing, economy: Economy): bigint[] {
  const asked = totals(
    claims.map(({ author }) => author),
    claims.map(({ left }) => left),
  );
  const weighed = claims.map(({ author, left }) => {
    // An author's weight is divided over what is open, so that many articles weigh no more than one.
    return { weight: (standing.trust(author) * 1_000_000n * left) / (asked.get(author) ?? 1n), most: left };
  });
  return within(parseAmount(economy.noveltyMonth, "CHIP"), payByWeight(weighed, economy.paidInFull));
}

function votes(citations: readonly Counted[], standing: Standing): bigint[] {
  const perPair = new Map<string, number>();
  for (const { citingAuthor, citedAuthor } of citations) {
    const pair = pairOf(citingAuthor, citedAuthor);
    perPair.set(pair, (perPair.get(pair) ?? 0) + 1);
  }
  const perAuthor = new Map<string, number>();
  for (const [pair, count] of perPair) {
    const [citing = ""] = pair.split(" ");
    perAuthor.set(citing, (perAuthor.get(citing) ?? 0) + pairWeight(count));
  }
  return citations.map(({ citingAuthor, citedAuthor }) => {
    const count = perPair.get(pairOf(citingAuthor, citedAuthor)) ?? 1;
    const damping = standing.citesBack(citingAuthor, citedAuthor) ? RECIPROCAL : 1;
    const share = (pairWeight(count) * damping) / (perAuthor.get(citingAuthor) ?? 1) / count;
    return (standing.trust(citingAuthor) * units(share)) / 1_000_000_000n;
  });
}

/** Scales the amounts of each group down to a limit. */
function withinEach(groups: readonly string[], amounts: readonly bigint[], limit: bigint): bigint[] {
  const over = [...totals(groups, amounts)].filter(([, total]) => total > limit);
  const result = [...amounts];
  if (over.length === 0) return result;
  const members = new Map<string, number[]>(over.map(([group]) => [group, []]));
  groups.forEach((group, i) => void members.get(group)?.push(i));
  for (const places of members.values()) {
    const parts = within(
      limit,
      places.map((i) => amounts[i] ?? 0n),
    );
    places.forEach((place, i) => {
      result[place] = parts[i] ?? 0n;
    });
  }
  return result;
}

function totals(groups: readonly string[], amounts: readonly bigint[]): Map<string, bigint> {
  const result = new Map<string, bigint>();
  groups.forEach((group, i) => {
    result.set(group, (result.get(group) ?? 0n) + (amounts[i] ?? 0n));
  });
  return result;
}

function pairOf(citing: string, cited: string): string {
  return `${citing} ${cited}`;
}

function units(share: number): bigint {
  return BigInt(Math.round(share * 1e15));
}
