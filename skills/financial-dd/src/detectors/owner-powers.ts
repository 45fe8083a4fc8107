import { isDelayed, isTimelocked, powerOf } from "../facts/authority.js";
import { checksIn, isOnce, isUnbounded, placesIn } from "../facts/conditions.js";
import { callsIn, type Entry, type Facts, writesIn } from "../facts/facts.js";
import { accountsOf, isDebit, isForUsers, keepsMoney, ledgersOf, outflowsOf } from "../facts/money.js";
import type { Draft } from "../finding.js";
import { has, isChosen, type Value, valuesIn } from "../trace/value.js";
import { type Detector, whoText } from "./detector.js";

/** What whoever is in charge can do to the users' money. */
export const ownerPowers: Detector = {
  id: "owner-powers",
  about: "what an owner or role can take, seize or charge, and whether anything bounds it",
  find: (facts) =>
    facts.actions.flatMap((entry) => [
      ...drains(facts, entry),
      ...approvals(facts, entry),
      ...redirections(facts, entry),
      ...seizures(facts, entry),
      ...charges(facts, entry),
    ]),
};

function drains(facts: Facts, entry: Entry): Draft[] {
  for (const flow of outflowsOf(entry)) {
    const power = powerOf(facts, entry, flow.happening);
    if (!power || flow.to.kind === "this") continue;
    const money = keepsMoney(facts);
    const free = !flow.amount || isTaking(facts, entry, flow.amount);
    const otherTokens = checksIn(entry).some(
      (h) => h.step.condition.name === "!=" && mentions(h.step.condition, flow.happening.step.target),
    );
    const ofUsers = money && free && !otherTokens && !paysUser(facts, entry) && !isEarned(facts, entry);
    const slow = isTimelocked(power) || isDelayed(flow.happening.conditions);
    return [
      {
        title: ofUsers
          ? `The owner can take the users' ${flow.what}: ${entry.signature}`
          : `The owner can take out ${flow.what}: ${entry.signature}`,
        severity: ofUsers ? "high" : "low",
        likelihood: slow ? "unlikely" : "possible",
        function: entry.signature,
        where: facts.placeOf(flow.happening, entry),
        who: power.who,
        why: `${whoText(power.who)} can send ${flow.amount?.text ?? flow.what} to ${flow.to.text}${ofUsers ? ", what users have brought included" : ""}${slow ? ", after a delay" : ""}.`,
      },
    ];
  }
  return [];
}

/** Somebody is allowed to take what users have brought. */
function approvals(facts: Facts, entry: Entry): Draft[] {
  const found = callsIn(entry).find(
    ({ step, ...h }) =>
      /^(approve|increaseAllowance)$/.test(step.name) &&
      isChosen(step.inputs[0]) &&
      powerOf(facts, entry, h) !== undefined,
  );
  const power = found && powerOf(facts, entry, found);
  if (!found || !power || !keepsMoney(facts)) return [];
  return [
    {
      title: `The owner can let others take the users' tokens: ${entry.signature}`,
      severity: "high",
      likelihood: isTimelocked(power) || isDelayed(found.conditions) ? "unlikely" : "possible",
      function: entry.signature,
      where: facts.placeOf(found, entry),
      who: power.who,
      why: `${whoText(power.who)} can allow ${found.step.inputs[0]?.text} to spend ${found.step.target.text} of this contract, what users have brought included.`,
    },
  ];
}

/** The token in which users are paid becomes another one. */
function redirections(facts: Facts, entry: Entry): Draft[] {
  if (!keepsMoney(facts)) return [];
  const set = writesIn(entry).find(
    (h) =>
      h.step.place.indexes.length === 0 &&
      isChosen(h.step.value) &&
      !isOnce(entry, h.conditions) &&
      powerOf(facts, entry, h) !== undefined &&
      facts.actions.some((other) =>
        outflowsOf(other).some(
          (flow) =>
            flow.what === "tokens" &&
            flow.happening.step.target.place?.key === h.step.place.key &&
            isForUsers(facts, other),
        ),
      ),
  );
  const power = set && powerOf(facts, entry, set);
  if (!set || !power) return [];
  return [
    {
      title: `The owner can change the token in which users are paid: ${entry.signature}`,
      severity: "high",
      likelihood: isTimelocked(power) || isDelayed(set.conditions) ? "unlikely" : "possible",
      function: entry.signature,
      where: facts.placeOf(set, entry),
      who: power.who,
      why: `Users are paid in ${set.step.place.label}, and ${whoText(power.who)} can make it another token, a worthless one too.`,
    },
  ];
}

/** The amount is what is there or what the caller says, and nothing that was set aside for the owner. */
function isTaking(facts: Facts, entry: Entry, amount: Value): boolean {
  const accounts = accountsOf(facts);
  const places = placesIn(amount);
  const chosen =
    has(amount, "parameter") ||
    [...valuesIn(amount)].some((part) => part.name === "balance" || part.name === "balanceOf");
  // `balance - totalDeposits` leaves to users what is theirs.
  if (places.some((place) => place.indexes.length === 0) && amount.name === "-") return false;
  if (!chosen) return places.some((place) => accounts.has(place.key));
  if (!has(amount, "parameter")) return true;
  const bounded = checksIn(entry).some(
    (h) =>
      /^(<|>|<=|>=)$/.test(h.step.condition.name) &&
      mentions(h.step.condition, amount) &&
      placesIn(h.step.condition).length > 0,
  );
  const settled = writesIn(entry).some(
    (h) => h.step.operator === "-=" && h.step.place.indexes.length === 0 && h.step.value.text === amount.text,
  );
  return !bounded && !settled;
}

function mentions(condition: Value, of: Value): boolean {
  return [...valuesIn(condition)].some((part) => part.text === of.text);
}

/** Only once users have reached a goal together: `raised >= goal`. */
function isEarned(facts: Facts, entry: Entry): boolean {
  return checksIn(entry).some(
    ({ step }) =>
      /^(<|>|<=|>=)$/.test(step.condition.name) &&
      !has(step.condition, "parameter") &&
      placesIn(step.condition).some(
        (place) =>
          place.indexes.length === 0 && facts.writesOf(place.key).some((by) => by.happening.step.operator === "+="),
      ),
  );
}

/** A payout of what is noted for somebody, by a keeper. */
function paysUser(facts: Facts, entry: Entry): boolean {
  const accounts = accountsOf(facts);
  return writesIn(entry).some((h) => accounts.has(h.step.place.key) && isDebit(h.step));
}

function seizures(facts: Facts, entry: Entry): Draft[] {
  const ledgers = new Set([...ledgersOf(facts), ...accountsOf(facts)]);
  const taken = writesIn(entry).find(({ step, ...h }) => {
    const isSet = step.operator === "=" && !/^address/.test(step.value.type);
    if (!ledgers.has(step.place.key) || !(isDebit(step) || isSet)) return false;
    if (!step.place.indexes.some((index) => index.kind !== "sender" && isChosen(index))) return false;
    return powerOf(facts, entry, h) !== undefined && !isSpent(entry);
  });
  if (!taken) return [];
  const power = powerOf(facts, entry, taken);
  if (outflowsOf(entry).some((flow) => taken.step.place.indexes.some((index) => index.text === flow.to.text)))
    return [];
  const slow = (power && isTimelocked(power)) || isDelayed(taken.conditions);
  return [
    {
      title: `The owner can take or change what others hold: ${entry.signature}`,
      severity: "high",
      likelihood: slow ? "unlikely" : "possible",
      function: entry.signature,
      where: facts.placeOf(taken, entry),
      who: power?.who,
      why: `${whoText(power?.who)} can set ${taken.step.place.label} without the holder's consent.`,
    },
  ];
}

/** An allowance of the holder for the caller is used up. */
function isSpent(entry: Entry): boolean {
  return writesIn(entry).some(
    (h) => h.step.place.indexes.length === 2 && h.step.place.indexes.some((index) => index.kind === "sender"),
  );
}

/** Fees and prices that somebody sets: what users pay is what that somebody says. */
function charges(facts: Facts, entry: Entry): Draft[] {
  const set = writesIn(entry).find(
    (h) =>
      h.step.place.indexes.length === 0 &&
      has(h.step.value, "parameter") &&
      powerOf(facts, entry, h) &&
      isCharged(facts, h.step.place.key),
  );
  if (set?.step.operator !== "=") return [];
  const power = powerOf(facts, entry, set);
  const unbounded = isUnbounded(entry, set.step.value);
  const slow = (power && isTimelocked(power)) || isDelayed(set.conditions);
  return [
    {
      title: unbounded
        ? `The owner can charge users anything: ${entry.signature} sets ${set.step.place.label}`
        : `The owner sets what users are charged, within bounds: ${entry.signature}`,
      severity: unbounded ? "high" : "low",
      likelihood: slow ? "unlikely" : "possible",
      function: entry.signature,
      where: facts.placeOf(set, entry),
      who: power?.who,
      why: `What users get is less by an amount that ${set.step.place.label} decides${unbounded ? ", and nothing bounds what it is set to" : ""}.`,
    },
  ];
}

/** Something is taken off what users get, by this variable. */
function isCharged(facts: Facts, key: string): boolean {
  return facts.actions.some((other) => {
    if (!isForUsers(facts, other) && !other.isPayable) return false;
    const amounts = [...outflowsOf(other).map((flow) => flow.amount), ...writesIn(other).map((h) => h.step.value)];
    return amounts.some(
      (amount) =>
        amount !== undefined &&
        [...valuesIn(amount)].some(
          (part) =>
            part.name === "-" &&
            part.parts[1] !== undefined &&
            placesIn(part.parts[1]).some((place) => place.key === key),
        ),
    );
  });
}
