import { callsIn, type Entry, type Facts, lineage } from "../facts/facts.js";
import type { Draft } from "../finding.js";
import type { Call, Happening } from "../trace/step.js";
import { has, type Value, valuesIn } from "../trace/value.js";
import type { Detector } from "./detector.js";

/** Prices that are old, unbounded, or can be moved within one transaction. */
export const oracle: Detector = {
  id: "oracle",
  about: "prices: answers whose age or sense nobody checks, and spot prices that a trade moves",
  find(facts) {
    const found = new Map<string, Draft>();
    for (const entry of facts.entries)
      for (const draft of [
        ...feeds(facts, entry),
        ...spots(facts, entry),
        ...ratios(facts, entry),
        ...unchecked(facts, entry),
      ]) {
        const known = `${draft.where.file}:${draft.where.line}:${draft.title.split(":")[0]}`;
        if (!found.has(known)) found.set(known, draft);
      }
    return [...found.values()];
  },
};

/** Conditions of every kind, and what is computed with. */
function compared(entry: Entry): readonly Value[] {
  return entry.happenings.flatMap(({ step }) => {
    const values = step.kind === "check" || step.kind === "branch" ? [step.condition] : [];
    return values.flatMap((value) => [...valuesIn(value)].filter((part) => /^(<|>|<=|>=|==|!=)$/.test(part.name)));
  });
}

function asks(conditions: readonly Value[], call: Call, part?: number): boolean {
  return conditions.some((condition) =>
    [...valuesIn(condition)].some(
      (value) => value.call?.node === call.node && (part === undefined || value.name.endsWith(`#${part}`)),
    ),
  );
}

function feeds(facts: Facts, entry: Entry): Draft[] {
  return callsIn(entry).flatMap((happening): Draft[] => {
    const { step } = happening;
    if (step.name === "latestAnswer" && step.by !== "call")
      return [
        draftOf(facts, entry, happening, {
          title: "A price of unknown age",
          why: "latestAnswer says nothing of when the price was made; latestRoundData does.",
        }),
      ];
    if (!/^(latestRoundData|getRoundData)$/.test(step.name)) return [];
    const conditions = compared(entry);
    const aged = asks(conditions, step, 3);
    const sane = asks(conditions, step, 1);
    if (aged && sane) return [];
    const lacks = [
      ...(aged ? [] : ["how old the answer is (updatedAt)"]),
      ...(sane ? [] : ["whether the answer makes sense (above 0, within bounds)"]),
    ];
    return [
      draftOf(facts, entry, happening, {
        title: aged ? "A price without bounds" : "A price that may be stale",
        why: `Nothing checks ${lacks.join(", nor ")}.`,
      }),
    ];
  });
}

const SPOT =
  /^(getReserves|slot0|getAmountsOut|getAmountOut|getAmountsIn|getAmountIn|get_dy|getSpotPrice|spotPrice|quoteExactInput(Single)?|get_virtual_price|globalState)$/;

function spots(facts: Facts, entry: Entry): Draft[] {
  // A pair or router that shows its own reserves is no user of a price.
  if (lineage(facts.contract).some((name) => /(Pair|Router|Library|Quoter)$/.test(name))) return [];
  return callsIn(entry)
    .filter(({ step }) => SPOT.test(step.name) && step.target.kind !== "this")
    .slice(0, 1)
    .map((happening) =>
      draftOf(facts, entry, happening, {
        title: "A spot price",
        why: `${happening.step.target.text}.${happening.step.name} gives what the pool says at this moment: a large trade, a flash loan for example, moves it within the same transaction.`,
      }),
    );
}

/** `usdc.balanceOf(pool) * 1e18 / weth.balanceOf(pool)` */
function ratios(facts: Facts, entry: Entry): Draft[] {
  for (const happening of entry.happenings) {
    const { step } = happening;
    if (step.kind !== "use" || !/^(\/|mulDiv)$/.test(step.value.name)) continue;
    const sides = step.value.parts.map((part) =>
      [...valuesIn(part)].filter((v) => v.name === "balanceOf" && v.call?.inputs[0] && isPool(v.call.inputs[0])),
    );
    const [above = [], below = []] = [sides.slice(0, -1).flat(), sides.at(-1) ?? []];
    if (above.length === 0 || below.length === 0) continue;
    return [
      draftOf(facts, entry, happening, {
        title: "A spot price",
        why: "The price is one balance of a pool over another: whoever trades with the pool, or sends it tokens, sets it.",
      }),
    ];
  }
  return [];
}

function isPool(of: Value): boolean {
  return of.kind === "place" && of.place?.indexes.length === 0;
}

const PRICE =
  /^(get)?(latest|current|last|asset|underlying|token|usd|eth)*_?(price|rate|answer)(of|inusd|usd|ineth)?$/i;

/** A price of another kind of source that nothing is asked of. */
function unchecked(facts: Facts, entry: Entry): Draft[] {
  return callsIn(entry).flatMap((happening): Draft[] => {
    const { step } = happening;
    if (
      step.by === "call" ||
      step.target.kind === "this" ||
      !(PRICE.test(step.name) || step.name === "peek") ||
      step.name === "latestAnswer"
    )
      return [];
    if (/twap|average|cumulative/i.test(`${step.name} ${step.target.text} ${step.target.type}`)) return [];
    if (has(step.target, "sender") || asks(compared(entry), step)) return [];
    const used = entry.happenings.some(
      ({ step: s }) =>
        s.kind === "use" &&
        s.value.kind === "operation" &&
        /^[*/]$|mulDiv/.test(s.value.name) &&
        [...valuesIn(s.value)].some((v) => v.call?.node === step.node),
    );
    if (!used) return [];
    return [
      draftOf(facts, entry, happening, {
        title: "A price without bounds",
        why: `${step.target.text}.${step.name} is believed whatever it says; neither its age nor its sense is checked.`,
      }),
    ];
  });
}

function draftOf(facts: Facts, entry: Entry, happening: Happening, o: { title: string; why: string }): Draft {
  return {
    title: `${o.title}: ${entry.signature}`,
    severity: "high",
    likelihood: "possible",
    function: entry.signature,
    where: facts.placeOf(happening, entry),
    why: o.why,
  };
}
