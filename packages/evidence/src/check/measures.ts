import { saidIn } from "./rate.js";
import type { Verdict, Verification } from "./verification.js";

/**
 * How good a draft's citations are, 0 to 1 each, repeated words counted once: `precision` is the share of the citations that are supported,
 * among those whose source could be read; `recall` the share of the sentences which state something that are supported wholly, as ALCE has
 * them; `unreachable` the share of citations whose source could not be read. Where there is nothing to count they are 0.
 */
export function measuresOf(o: Pick<Verification, "sentences" | "coverage">): Verification["measures"] {
  const pairs = new Map<string, Verdict>();
  const whole = new Map<string, boolean>();
  for (const { text, verdict, citations } of o.sentences) {
    const said = saidIn(text);
    whole.set(said, (whole.get(said) ?? true) && verdict === "supported");
    for (const { id, verdict: each } of citations) {
      const pair = `${id} ${said}`;
      if ((pairs.get(pair) ?? "supported") === "supported") pairs.set(pair, each);
    }
  }
  const verdicts = [...pairs.values()];
  const unreachable = verdicts.filter((verdict) => verdict === "unreachable").length;
  return {
    precision: ratio(verdicts.filter((verdict) => verdict === "supported").length, verdicts.length - unreachable),
    recall: ratio([...whole.values()].filter(Boolean).length, o.coverage.worth),
    unreachable: ratio(unreachable, verdicts.length),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
