import { guardOf } from "../facts/authority.js";
import { authorityPlaces, checksIn, isOnce, isUnbounded, placesIn } from "../facts/conditions.js";
import { type Entry, type Facts, writesIn } from "../facts/facts.js";
import { inflowsOf, isForUsers, type Outflow, outflowsOf } from "../facts/money.js";
import type { Draft } from "../finding.js";
import { has, isZero, leavesOf, type Value, valuesIn } from "../trace/value.js";
import type { Detector } from "./detector.js";

/** What everybody can do and nobody should. */
export const accessControl: Detector = {
  id: "access-control",
  about: "functions without a check of the caller that change who is in charge, what users get, or pay out",
  find: (facts) =>
    facts.actions.flatMap((entry) => [...takeovers(facts, entry), ...payouts(facts, entry), ...settings(facts, entry)]),
};

function takeovers(facts: Facts, entry: Entry): Draft[] {
  const authorities = authorityPlaces(facts);
  const taken = writesIn(entry).find(
    (h) =>
      authorities.has(h.step.place.key) &&
      !isZero(h.step.value) &&
      !/^[+\-*/]=$/.test(h.step.operator) &&
      !guardOf(facts, entry, h) &&
      !isOnce(entry, h.conditions) &&
      !isProven(h.conditions, h.step.place.indexes),
  );
  if (!taken) return [];
  const initializer = /^_*(init|setup|__)/i.test(entry.name);
  return [
    {
      title: initializer
        ? `Anybody can initialize it, more than once: ${entry.signature} sets ${taken.step.place.label}`
        : `Anybody can put themselves in charge: ${entry.signature} sets ${taken.step.place.label}`,
      severity: "critical",
      likelihood: "likely",
      function: entry.signature,
      where: facts.placeOf(taken, entry),
      who: "anybody",
      why: `${taken.step.place.label} decides who may call other functions, and nothing checks who calls this one${initializer ? " or whether it was called before" : ""}.`,
    },
  ];
}

/** The index was shown to be the caller: `require(account == msg.sender)`. */
function isProven(conditions: readonly Value[], indexes: readonly Value[]): boolean {
  return indexes.some(
    (index) =>
      index.kind === "sender" ||
      conditions.some(
        (c) =>
          c.name === "==" && c.parts.some((p) => p.kind === "sender") && c.parts.some((p) => p.text === index.text),
      ),
  );
}

function payouts(facts: Facts, entry: Entry): Draft[] {
  const writes = writesIn(entry);
  const isFree = (flow: Outflow) => {
    if (guardOf(facts, entry, flow.happening)) return false;
    if (!has(flow.to, "sender") && !has(flow.to, "parameter") && !has(flow.to, "origin")) return false;
    if (inflowsOf(entry).length > 0 || (flow.amount && has(flow.amount, "sent"))) return false;
    const personal = [flow.amount, ...checksIn(entry).map((h) => h.step.condition)].some(
      (value) =>
        value &&
        (placesIn(value).some((place) => place.indexes.length > 0) || (value !== flow.amount && asksBalance(value))),
    );
    const noted = writes.some((h) => h.step.place.indexes.length > 0 || /^(-=|delete|pop)$/.test(h.step.operator));
    return !personal && !noted && !isOnce(entry, flow.happening.conditions);
  };
  return outflowsOf(entry)
    .filter(isFree)
    .slice(0, 1)
    .map((flow) => ({
      title: `Anybody can take ${flow.what}: ${entry.signature}`,
      severity: "critical" as const,
      likelihood: "likely" as const,
      function: entry.signature,
      where: facts.placeOf(flow.happening, entry),
      who: "anybody",
      why: `It sends ${flow.amount?.text ?? flow.what} to ${flow.to.text}; nothing checks who calls it, and nothing says that it is theirs.`,
    }));
}

/** What was lent has to be back at the end. */
function asksBalance(condition: Value): boolean {
  return [...valuesIn(condition)].some((part) => part.name === "balanceOf" || part.name === "balance");
}

/** Settings that users' money depends on, open to everybody. */
function settings(facts: Facts, entry: Entry): Draft[] {
  const found = writesIn(entry).find(
    (h) =>
      h.step.place.indexes.length === 0 &&
      h.step.operator === "=" &&
      (h.step.value.kind === "parameter" || isUnbounded(entry, h.step.value)) &&
      leavesOf(h.step.value).every((leaf) => leaf.kind === "parameter" || leaf.kind === "constant") &&
      !guardOf(facts, entry, h) &&
      !isOnce(entry, h.conditions) &&
      !authorityPlaces(facts).has(h.step.place.key) &&
      decides(facts, h.step.place.key),
  );
  if (!found || isForUsers(facts, entry)) return [];
  return [
    {
      title: `Anybody can set ${found.step.place.label}: ${entry.signature}`,
      severity: "high",
      likelihood: "likely",
      function: entry.signature,
      where: facts.placeOf(found, entry),
      who: "anybody",
      why: `What users get or may do depends on ${found.step.place.label}, and nothing checks who sets it.`,
    },
  ];
}

/** Money goes where, or as much as, the variable says. */
function decides(facts: Facts, key: string): boolean {
  return facts.actions.some((other) => {
    const uses = (value: Value | undefined) =>
      value !== undefined && placesIn(value).some((place) => place.key === key);
    const flows = outflowsOf(other).some(
      (flow) => uses(flow.to) || uses(flow.amount) || uses(flow.happening.step.target),
    );
    const credits = writesIn(other).some((h) => h.step.place.indexes.length > 0 && uses(h.step.value));
    return flows || credits || (isForUsers(facts, other) && checksIn(other).some((h) => uses(h.step.condition)));
  });
}
