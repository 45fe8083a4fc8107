import type { Call, Happening, Write } from "../trace/step.js";
import { has, isChosen, isZero, leavesOf, type Value } from "../trace/value.js";
import { guardOf } from "./authority.js";
import { callsIn, type Entry, type Facts, writesIn } from "./facts.js";

/** Ether or tokens that leave the contract. */
export interface Outflow {
  readonly entry: Entry;
  readonly happening: Happening<Call>;
  readonly to: Value;
  readonly amount: Value | undefined;
  readonly what: "ether" | "tokens";
}

export function outflowsOf(entry: Entry): Outflow[] {
  return callsIn(entry).flatMap((happening): Outflow[] => {
    const { step } = happening;
    if (step.sent && !isZero(step.sent) && step.by !== "create" && step.target.kind !== "this")
      return [{ entry, happening, to: step.target, amount: step.sent, what: "ether" }];
    if (step.by !== "method" && step.by !== "view") return [];
    const [first, second, third] = step.inputs;
    if (step.name === "transfer" && first) return [{ entry, happening, to: first, amount: second, what: "tokens" }];
    if (/^(transferFrom|safeTransferFrom)$/.test(step.name) && first?.kind === "this" && second)
      return [{ entry, happening, to: second, amount: third, what: "tokens" }];
    return [];
  });
}

/** Tokens that the contract takes from somebody: `token.transferFrom(from, this, amount)`. */
export function inflowsOf(
  entry: Entry,
): { happening: Happening<Call>; token: Value; from: Value; amount: Value | undefined }[] {
  return callsIn(entry).flatMap((happening) => {
    const { step } = happening;
    const [from, to, amount] = step.inputs;
    if (step.by !== "method" || !/^(safe)?[tT]ransferFrom$/.test(step.name) || !from || to?.kind !== "this") return [];
    return [{ happening, token: step.target, from, amount }];
  });
}

/** Variables that say what the contract owes to whom: credited when somebody brings ether or tokens. */
export function accountsOf(facts: Facts): ReadonlySet<string> {
  const known = ACCOUNTS.get(facts);
  if (known) return known;
  const accounts = new Set<string>();
  for (const entry of facts.actions) {
    const brings = inflowsOf(entry).length > 0;
    for (const { step } of writesIn(entry)) {
      if (step.place.indexes.length === 0 || !/^(\+=|=|push)$/.test(step.operator)) continue;
      if (has(step.value, "sent") || (brings && step.operator !== "push" && !isZero(step.value) && isAmount(step)))
        accounts.add(step.place.key);
    }
  }
  ACCOUNTS.set(facts, accounts);
  return accounts;
}

const ACCOUNTS = new WeakMap<Facts, ReadonlySet<string>>();

function isAmount({ value, operator }: Write): boolean {
  return operator === "+=" || leavesOf(value).some((leaf) => leaf.kind === "parameter" && /^uint/.test(leaf.type));
}

/** The contract keeps money that belongs to its users. */
export function keepsMoney(facts: Facts): boolean {
  return accountsOf(facts).size > 0;
}

/** Variables that say who owns how much of a token: anybody may move their own part to somebody else. */
export function ledgersOf(facts: Facts): ReadonlySet<string> {
  const known = LEDGERS.get(facts);
  if (known) return known;
  const ledgers = new Set<string>();
  for (const entry of facts.actions) {
    const writes = writesIn(entry);
    for (const { step } of writes) {
      const [index] = step.place.indexes;
      if (!index || step.place.indexes.length > 2 || step.operator !== "-=") continue;
      const credit = writes.find(
        (w) => w.step.place.key === step.place.key && isCredit(w.step) && w.step.place.label !== step.place.label,
      );
      if (credit) ledgers.add(step.place.key);
    }
    // `balances[from] = left` with `left` computed before.
    for (const { step } of writes) {
      const isDebit = step.operator === "=" && step.value.name === "-" && step.place.indexes.length === 1;
      if (isDebit && writes.some((w) => w.step.place.key === step.place.key && isCredit(w.step)))
        ledgers.add(step.place.key);
    }
  }
  LEDGERS.set(facts, ledgers);
  return ledgers;
}

const LEDGERS = new WeakMap<Facts, ReadonlySet<string>>();

/** Variables that say who owns a single thing: whoever does may name the next one. */
export function titlesOf(facts: Facts): ReadonlySet<string> {
  const known = TITLES.get(facts);
  if (known) return known;
  const titles = new Set<string>();
  for (const entry of facts.actions)
    for (const happening of writesIn(entry)) {
      const { place, operator, value } = happening.step;
      if (operator !== "=" || place.indexes.length !== 1 || !/^address/.test(value.type) || !isChosen(value)) continue;
      const guard = guardOf(facts, entry, happening);
      if (guard?.kind === "entitled" && guard.place?.label === place.label) titles.add(place.key);
    }
  TITLES.set(facts, titles);
  return titles;
}

const TITLES = new WeakMap<Facts, ReadonlySet<string>>();

export function isCredit(write: Write): boolean {
  return (
    write.operator === "+=" || (write.operator === "=" && write.value.name === "+" && write.value.kind === "operation")
  );
}

export function isDebit(write: Write): boolean {
  return (
    write.operator === "-=" ||
    write.operator === "delete" ||
    write.operator === "pop" ||
    (write.operator === "=" && (isZero(write.value) || (write.value.kind === "operation" && write.value.name === "-")))
  );
}

/** Functions in which users move or take out what is theirs: nobody has to allow them to. */
export function isForUsers(facts: Facts, entry: Entry): boolean {
  const known = USERS.get(entry);
  if (known !== undefined) return known;
  const ledgers = new Set([...ledgersOf(facts), ...titlesOf(facts)]);
  const moves = writesIn(entry).filter((h) => ledgers.has(h.step.place.key));
  const is = [...moves, ...outflowsOf(entry).map((o) => o.happening)].some((h) => !isAllowed(facts, entry, h));
  USERS.set(entry, is);
  return is;
}

function isAllowed(facts: Facts, entry: Entry, happening: Happening): boolean {
  const guard = guardOf(facts, entry, happening);
  // Lists of callers on functions with these names are about who may hold or take out, not about a power.
  const isList =
    guard?.kind === "role" && /^(transfer|transferFrom|withdraw|redeem|claim|exit|unstake)/.test(entry.name);
  return guard !== undefined && guard.kind !== "entitled" && !isList;
}

const USERS = new WeakMap<Entry, boolean>();
