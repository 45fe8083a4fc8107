import { checksIn, placesIn } from "../facts/conditions.js";
import type { Entry, Facts } from "../facts/facts.js";
import type { Draft } from "../finding.js";
import { has, leavesOf, type Value, valuesIn } from "../trace/value.js";
import type { Detector } from "./detector.js";

const PREDICTABLE = /^(timestamp|number|prevrandao|difficulty|coinbase|gaslimit|basefee|blockhash)$/;

/** Chance that miners and callers know before. */
export const weakRandomness: Detector = {
  id: "weak-randomness",
  about: "chance that is made of what the block says",
  find: (facts) =>
    facts.actions.flatMap((entry) => {
      const draft = drawn(facts, entry);
      return draft ? [draft] : [];
    }),
};

function drawn(facts: Facts, entry: Entry): Draft | undefined {
  for (const happening of entry.happenings) {
    const { step } = happening;
    const values =
      step.kind === "use"
        ? [step.value]
        : step.kind === "write"
          ? [step.value]
          : step.kind === "check" || step.kind === "branch"
            ? [step.condition]
            : [];
    const bad = values.flatMap((value) => [...valuesIn(value)]).find(isDraw);
    if (!bad) continue;
    // A secret that was committed to before makes it chance again.
    const committed = checksIn(entry).some(
      (h) =>
        [...valuesIn(h.step.condition)].some((part) => /keccak256/.test(part.name) && has(part, "parameter")) &&
        placesIn(h.step.condition).length > 0,
    );
    return {
      title: `Chance that can be known before: ${entry.signature}`,
      severity: committed ? "low" : "high",
      likelihood: "possible",
      function: entry.signature,
      where: facts.placeOf(happening, entry),
      who: "whoever makes the block, and any contract that calls in the same one",
      why: `The outcome comes from ${leavesOf(bad)
        .filter((leaf) => leaf.kind === "block")
        .map((leaf) => leaf.text)
        .slice(0, 4)
        .join(", ")}, which callers know when they call.`,
    };
  }
  return undefined;
}

function isDraw(value: Value): boolean {
  if (value.kind === "block" && value.name === "blockhash") return true;
  if (value.kind !== "operation") return false;
  const fields = leavesOf(value).filter((leaf) => leaf.kind === "block" && PREDICTABLE.test(leaf.name));
  if (fields.length === 0) return false;
  if (value.name === "%" && value.parts[0] && has(value.parts[0], "block")) return !isCalendar(value, fields);
  // A hash that becomes a number; one that stays a hash is an id.
  return (
    value.name !== "keccak256" &&
    value.parts.some((part) => isHashOfBlock(part) && /^(uint|int)/.test(part.type)) &&
    !isArithmeticOfTime(value)
  );
}

function isHashOfBlock(part: Value): boolean {
  return (
    part.name === "keccak256" && leavesOf(part).some((leaf) => leaf.kind === "block" && PREDICTABLE.test(leaf.name))
  );
}

/** `block.timestamp % 1 days` */
function isCalendar(value: Value, fields: readonly Value[]): boolean {
  const by = value.parts[1];
  const only =
    fields.every((leaf) => leaf.name === "timestamp" || leaf.name === "number") &&
    !isHashOfBlock(value.parts[0] ?? value);
  if (!only || [...valuesIn(value)].some((part) => part.name === "keccak256")) return false;
  return (
    by !== undefined && (by.kind === "place" || / (minutes|hours|days|weeks)$/.test(by.text) || Number(by.text) >= 60)
  );
}

function isArithmeticOfTime(value: Value): boolean {
  return /^(==|!=)$/.test(value.name) && !value.parts.some((part) => part.kind === "constant");
}
