import { type Entry, type Facts, writesIn } from "../facts/facts.js";
import { inflowsOf, isCredit, isDebit, ledgersOf } from "../facts/money.js";
import type { Draft } from "../finding.js";
import { flag } from "../solidity/ast.js";
import type { Write } from "../trace/step.js";
import { has, isZero, leavesOf, type Value, valuesIn } from "../trace/value.js";
import type { Detector } from "./detector.js";

/** Less arrives than was sent. */
export const transferFee: Detector = {
  id: "fee-on-transfer",
  about: "tokens of which less arrives than was sent, and contracts that count what was sent and not what arrived",
  find(facts) {
    const fees = facts.actions.flatMap((entry) => fee(facts, entry)).slice(0, 1);
    return [...fees, ...facts.actions.flatMap((entry) => nominal(facts, entry))];
  },
};

function fee(facts: Facts, entry: Entry): Draft[] {
  for (const key of ledgersOf(facts)) {
    const writes = writesIn(entry).filter((h) => h.step.place.key === key);
    const debits = writes.filter((h) => isDebit(h.step) && !isZero(h.step.value));
    const credits = writes.filter((h) => isCredit(h.step));
    if (debits.length === 0 || credits.length === 0) continue;
    const sent = debits.map((h) => amountOf(h.step).text);
    // A token that counts in shares moves one amount, however it is computed.
    if (new Set([...sent, ...credits.map((h) => amountOf(h.step).text)]).size < 2) continue;
    const less = credits.findLast((h) => isPart(amountOf(h.step)));
    if (!less) continue;
    const place = leavesOf(amountOf(less.step)).find(
      (leaf) => leaf.kind === "place" && leaf.place?.indexes.length === 0,
    );
    const fixed = !place?.place || facts.writesOf(place.place.key).length === 0;
    return [
      {
        title: `A transfer takes a fee: ${entry.signature}`,
        severity: "medium",
        likelihood: "possible",
        function: entry.signature,
        where: facts.placeOf(less, entry),
        why: `The receiver gets ${amountOf(less.step).text} where the sender gives ${sent[0]}${fixed ? "" : `, and ${place?.text} can be changed`}; who counts on the full amount (pools, vaults, bridges) counts wrong.`,
      },
    ];
  }
  return [];
}

function amountOf(write: Write): Value {
  if (write.operator !== "=") return write.value;
  return write.value.parts[1] ?? write.value;
}

/** Arithmetic over what the sender said. */
function isPart(of: Value): boolean {
  return (
    has(of, "parameter") &&
    [...valuesIn(of)].some((part) => part.kind === "operation" && /^(-|\*|\/|mul|sub|div|mulDiv)$/.test(part.name))
  );
}

/** A vault that credits the amount that was asked for. */
function nominal(facts: Facts, entry: Entry): Draft[] {
  for (const { happening, token, amount } of inflowsOf(entry)) {
    if (!amount) continue;
    const credit = writesIn(entry).find(
      (h) => isCredit(h.step) && h.step.place.indexes.length > 0 && h.step.value.text === amount.text,
    );
    const measured = entry.happenings.some(
      (h) =>
        h.step.kind === "use" &&
        h.step.value.name === "-" &&
        [...valuesIn(h.step.value)].some((v) => /^balanceOf(#\d)?$/.test(v.name)),
    );
    if (!credit || measured) continue;
    const declaration = token.place?.declaration;
    const any =
      has(token, "parameter") ||
      (token.place !== undefined &&
        !flag(declaration, "constant") &&
        declaration?.mutability === "mutable" &&
        facts.writesOf(token.place.key).length > 0);
    return [
      {
        title: `It counts what was sent, not what arrived: ${entry.signature}`,
        severity: any ? "medium" : "low",
        likelihood: any ? "possible" : "unlikely",
        function: entry.signature,
        where: facts.placeOf(happening, entry),
        why: `${credit.step.place.label} grows by ${amount.text}, whatever ${token.text} has really moved; with a token that takes a fee${any ? ", and this one can be any," : ""} the contract owes more than it has.`,
      },
    ];
  }
  return [];
}
