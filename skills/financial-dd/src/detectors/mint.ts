import { guardOf, isDelayed, isTimelocked } from "../facts/authority.js";
import { checksIn, isOnce, isUnbounded, placesIn } from "../facts/conditions.js";
import { type Entry, type Facts, writesIn } from "../facts/facts.js";
import { inflowsOf, isDebit, ledgersOf } from "../facts/money.js";
import type { Draft } from "../finding.js";
import type { Happening, Write } from "../trace/step.js";
import { has, isZero, type Value, valuesIn } from "../trace/value.js";
import { type Detector, whoText } from "./detector.js";

/** Who can make more of a token. */
export const mint: Detector = {
  id: "mint",
  about: "functions that make more of a token, who may call them, and whether there is a cap",
  find: (facts) => facts.actions.flatMap((entry) => minted(facts, entry)),
};

function minted(facts: Facts, entry: Entry): Draft[] {
  const made = creationIn(facts, entry);
  if (!made || isPaidFor(entry, made)) return [];
  const guard = guardOf(facts, entry, made);
  const capped = isCapped(facts, entry);
  const once = isOnce(entry, made.conditions) || isDelayed(made.conditions);
  const open = guard === undefined;
  if (guard?.kind === "entitled") return [];
  const slow = guard !== undefined && isTimelocked(guard);
  return [
    {
      title: open
        ? `Anybody can mint: ${entry.signature}`
        : `${capped || once ? "Minting within limits" : "Minting without a limit"}: ${entry.signature}`,
      severity: open ? (capped || once ? "low" : "critical") : capped || once ? "low" : "high",
      likelihood: open ? "likely" : slow ? "unlikely" : "possible",
      function: entry.signature,
      where: facts.placeOf(made, entry),
      who: guard?.who ?? "anybody",
      why: `${whoText(guard?.who)} can add to ${made.step.place.label}${capped ? ", up to a cap" : once ? ", once or from time to time" : ", as much as they like: what others hold is worth less"}.`,
    },
  ];
}

/** More of a token for somebody, and less for nobody. */
function creationIn(facts: Facts, entry: Entry): Happening<Write> | undefined {
  const writes = writesIn(entry);
  for (const key of ledgersOf(facts)) {
    // Only what people can pass on is a token.
    if (!facts.writesOf(key).some((by) => /transfer|send|move/i.test(by.entry.name))) continue;
    const own = writes.filter((h) => h.step.place.key === key);
    if (own.some((h) => isDebit(h.step))) continue;
    const credit = own.find((h) => h.step.operator === "+=" || (h.step.operator === "=" && !isZero(h.step.value)));
    if (credit) return credit;
  }
  return undefined;
}

function isPaidFor(entry: Entry, made: Happening<Write>): boolean {
  if (inflowsOf(entry).length > 0 || has(made.step.value, "sent")) return true;
  return checksIn(entry).some((h) => has(h.step.condition, "sent") && !isZero(h.step.condition.parts[1]));
}

/** A check compares something that grows with every minting to something that nobody can move freely. */
function isCapped(facts: Facts, entry: Entry): boolean {
  const growing = new Set(writesIn(entry).flatMap((h) => (h.step.operator === "+=" ? [h.step.place.key] : [])));
  return checksIn(entry).some(({ step }) =>
    [...valuesIn(step.condition)].some((part) => {
      if (!/^(<|>|<=|>=)$/.test(part.name)) return false;
      const [left, right] = part.parts;
      if (!left || !right) return false;
      return (grows(left, growing) && isFirm(facts, right)) || (grows(right, growing) && isFirm(facts, left));
    }),
  );
}

function grows(of: Value, growing: ReadonlySet<string>): boolean {
  return placesIn(of).some(
    (place) =>
      growing.has(place.key) && (place.indexes.length === 0 || place.indexes.every((i) => !has(i, "parameter"))),
  );
}

function isFirm(facts: Facts, limit: Value): boolean {
  if (has(limit, "parameter")) return false;
  return placesIn(limit).every((place) =>
    facts.writesOf(place.key).every(({ entry, happening }) => !isUnbounded(entry, happening.step.value)),
  );
}
