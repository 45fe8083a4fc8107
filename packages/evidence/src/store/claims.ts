import type { Records } from "@vibewriter/backbone";
import { shorten } from "../check/finding.js";
import { type FoldedText, findQuotation, fold } from "../check/quotes.js";
import type { Span } from "../check/sentences.js";
import { EvidenceError } from "../errors.js";
import type { Bearing, ClaimIndex, KeptClaim, NewClaim, RecordedClaim } from "./claim.js";

/** Gives the stored text of a source. @throws EvidenceError `unknown_source` */
type TextOf = (source: string) => Promise<string>;

/** Bytes of JSON for the claims of one run: a record is one message of NATS, which has a megabyte at most. */
const MOST_BYTES = 900_000;

/** The claims of one run, in the backbone beside its sources: all subagents see the same ones, and a resumed run has them. */
export class Claims {
  readonly #records: Records<ClaimIndex>;
  readonly #key: string;
  readonly #text: TextOf;

  /** @param o.key of the run's record of claims */
  constructor(records: Records<ClaimIndex>, o: { key: string; text: TextOf }) {
    this.#records = records;
    this.#key = o.key;
    this.#text = o.text;
  }

  /** All claims of the run, `C1` first. */
  async list(): Promise<RecordedClaim[]> {
    return await this.#withWords((await this.#records.get(this.#key))?.value.claims ?? []);
  }

  /**
   * Keeps claims, all or none of them. A claim that is there already, in the same words on the same sources, keeps its id, and is kept as an
   * answer to this question, and as bearing on this hypothesis, as well. So does one of the
   * run that this one repeats: which of its agents came first there, and is named with the claim, was chance.
   * @returns the claims as they are kept, in the order given
   * @throws EvidenceError `quote_not_found` for words that the source does not have, `unknown_source`, or `too_large` when the run is full
   */
  async record(claims: readonly NewClaim[]): Promise<RecordedClaim[]> {
    const placed = await this.#placed(claims);
    const earlier = await this.#earlier();
    const index = await this.#records.update(this.#key, (now) => {
      const kept = [...(now?.claims ?? [])];
      const taken = new Set([...earlier.values(), ...kept].map(numberOf));
      const places = new Map(kept.map((claim, place) => [identity(claim), place]));
      let isChanged = false;
      for (const claim of placed) {
        const place = places.get(identity(claim));
        const known = place === undefined ? earlier.get(identity(claim)) : kept[place];
        const next = known === undefined ? { id: `C${firstFree(taken)}`, ...claim } : alsoFor(known, claim);
        if (place !== undefined && next === known) continue;
        isChanged = true;
        taken.add(numberOf(next));
        places.set(identity(claim), place ?? kept.length);
        kept[place ?? kept.length] = next;
      }
      if (!isChanged) return undefined;
      if (Buffer.byteLength(JSON.stringify(kept)) > MOST_BYTES) throw full(now?.claims.length ?? 0);
      return { ...now, claims: kept.sort((a, b) => numberOf(a) - numberOf(b)) };
    });
    const byIdentity = new Map((index?.claims ?? []).map((claim) => [identity(claim), claim]));
    return await this.#withWords(placed.flatMap((claim) => byIdentity.get(identity(claim)) ?? []));
  }

  /** From now on what another run recorded, by the key of its claims, is recorded here as it was there. */
  async recordLike(key: string): Promise<void> {
    await this.#records.update(this.#key, (now) => (now === undefined ? { claims: [], like: key } : undefined));
  }

  async #earlier(): Promise<ReadonlyMap<string, KeptClaim>> {
    const like = (await this.#records.get(this.#key))?.value.like;
    const claims = like === undefined ? [] : ((await this.#records.get(like))?.value.claims ?? []);
    return new Map(claims.map((claim) => [identity(claim), claim]));
  }

  async #placed(claims: readonly NewClaim[]): Promise<Omit<KeptClaim, "id">[]> {
    const folded = new Map<string, FoldedText>();
    const placed: Omit<KeptClaim, "id">[] = [];
    for (const { support, ...claim } of claims) {
      const places: KeptClaim["support"] = [];
      for (const { source, quote } of support) {
        const text = folded.get(source) ?? fold(await this.#text(source));
        folded.set(source, text);
        places.push({ source, ...placeOf(quote, source, text) });
      }
      placed.push({ ...claim, support: places });
    }
    return placed;
  }

  async #withWords(claims: readonly KeptClaim[]): Promise<RecordedClaim[]> {
    return await Promise.all(
      claims.map(async (claim) => ({
        ...claim,
        support: await Promise.all(
          claim.support.map(async (place) => ({
            ...place,
            quote: (await this.#text(place.source)).slice(place.start, place.end),
          })),
        ),
      })),
    );
  }
}

function placeOf(quote: string, source: string, text: FoldedText): Span {
  const match = findQuotation({ start: 0, end: quote.length, pieces: [quote] }, text);
  if (match.kind === "verbatim") return match.span;
  throw new EvidenceError(
    "quote_not_found",
    `The words “${shorten(quote)}” do not stand in ${source}: copy them from the source's text, then record the claim again.`,
  );
}

/** The same statement on the same sources is one claim, whoever records it and however it is spaced. */
function identity({ text, support }: Pick<KeptClaim, "text" | "support">): string {
  const sources = [...new Set(support.map(({ source }) => source))].sort();
  return JSON.stringify([fold(text).text.replace(/[\s.]+$/, ""), ...sources]);
}

/** A claim that is recorded again; the same one where that says nothing new of it. */
function alsoFor(known: KeptClaim, { question, hypothesis }: Bearing): KeptClaim {
  const bearings: Bearing[] = [known, ...(known.also ?? [])];
  const hasQuestion = question === undefined || bearings.some((one) => one.question === question);
  const hasHypothesis =
    hypothesis === undefined ||
    bearings.some(({ hypothesis: of }) => of?.id === hypothesis.id && of.stance === hypothesis.stance);
  if (hasQuestion && hasHypothesis) return known;
  const more = { ...(hasQuestion ? {} : { question }), ...(hasHypothesis ? {} : { hypothesis }) };
  return { ...known, also: [...(known.also ?? []), more] };
}

function numberOf({ id }: Pick<KeptClaim, "id">): number {
  return Number(id.slice(1));
}

function firstFree(taken: ReadonlySet<number>): number {
  let number = 1;
  while (taken.has(number)) number++;
  return number;
}

function full(count: number): EvidenceError {
  return new EvidenceError(
    "too_large",
    `This run has ${count} claims, as many as one keeps: write with those, and record no more.`,
  );
}
