import { checkCitations, splitSentences } from "@vibewriter/evidence";
import { z } from "zod";
import { contentStems } from "../../offline/words.js";
import { oneLine } from "../../sanitize.js";

/** Claims of one reading; a page says more, and the next question gets other ones. */
export const MOST_CLAIMS = 12;
const LONGEST_CLAIM = 400;
const LONGEST_QUOTE = 600;
/** The part of a claim's words that its quotation must have. */
const COVERED = 0.5;

/** What code finds out of a claim and its quotation; names may stand elsewhere in the page. */
const TELLING: ReadonlySet<string> = new Set(["negation", "number", "date", "quote"]);

/** Something that a page says, and the words by which it says it. */
export interface ReadClaim {
  readonly text: string;
  /** As it stands in the page, with single spaces. */
  readonly quote: string;
}

/** What came of a page: only what code has found in it. */
export interface ReadClaims {
  readonly claims: readonly ReadClaim[];
  /** Claims that were dropped: in no form, or not borne out by their own quotation. */
  readonly dropped: number;
}

const Answer = z.object({ claims: z.array(z.unknown()).max(1_000) });
const Claim = z.object({ text: z.string().trim().min(1), quote: z.string().trim().min(1).max(LONGEST_QUOTE) });

/**
 * The claims of an answer that hold: bounded lines, each with a quotation that stands in the page to the letter, has most of the claim's words, its
 * figures and dates, and does not deny what the claim says or say what it denies. What else the words of a quotation can be made to mean, code does not see.
 * @throws ZodError for an answer without a list of claims
 */
export function checkedClaims(answer: unknown, page: string): ReadClaims {
  const { claims: said } = Answer.parse(answer);
  const plain = spaced(page);
  const held = new Map<string, ReadClaim>();
  for (const one of said) {
    const claim = Claim.safeParse(one).data;
    if (claim === undefined) continue;
    const [text, quote] = [oneLine(claim.text, LONGEST_CLAIM), spaced(claim.quote)];
    if (plain.includes(quote) && isBorneOut(text, quote)) held.set(text, { text, quote });
    if (held.size === MOST_CLAIMS) break;
  }
  return { claims: [...held.values()], dropped: said.length - held.size };
}

function isBorneOut(text: string, quote: string): boolean {
  const words = contentStems(text);
  const there = new Set(contentStems(quote));
  if (words.filter((word) => there.has(word)).length < words.length * COVERED) return false;
  // A claim names no sources: what it has in brackets would be taken for some.
  const claim = text.replace(/\[[^\]]*\]/g, " ");
  const cited = splitSentences(claim).map(
    ({ start, end }) => `${claim.slice(start, end).replace(/[\s.!?]+$/, "")} [S1].`,
  );
  const { sentences } = checkCitations(cited.join("\n\n"), [{ id: "S1", title: "", uri: "", text: quote }]);
  // What Markdown takes for something else than a sentence says nothing that could be looked at.
  if (sentences.length < cited.length) return false;
  return sentences.every(
    ({ verdict, checks }) =>
      verdict !== "contradicted" && checks.every(({ kind, passed }) => passed || !TELLING.has(kind)),
  );
}

function spaced(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
