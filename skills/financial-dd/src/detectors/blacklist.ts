import { guardOf, isDelayed, isTimelocked } from "../facts/authority.js";
import { checksIn } from "../facts/conditions.js";
import { type Entry, type Facts, writesIn } from "../facts/facts.js";
import { accountsOf, isForUsers, ledgersOf, outflowsOf, titlesOf } from "../facts/money.js";
import type { Draft } from "../finding.js";
import { has, isZero, leavesOf, type Value } from "../trace/value.js";
import { type Detector, whoText } from "./detector.js";

/** Who can stop one user, of all of them, from moving what is theirs. */
export const blacklist: Detector = {
  id: "blacklist",
  about: "lists of addresses that may not, or alone may, transfer or withdraw, and who keeps them",
  find(facts) {
    const found = new Map<string, Draft>();
    for (const entry of facts.actions) {
      if (!isForUsers(facts, entry)) continue;
      for (const happening of checksIn(entry))
        for (const leaf of leavesOf(happening.step.condition)) {
          const draft =
            leaf.kind === "place"
              ? list(facts, entry, leaf, happening)
              : leaf.kind === "result"
                ? registry(facts, entry, leaf, happening)
                : undefined;
          if (draft && !found.has(draft.title)) found.set(draft.title, draft);
        }
    }
    return [...found.values()];
  },
};

function list(facts: Facts, users: Entry, leaf: Value, check: ReturnType<typeof checksIn>[number]): Draft | undefined {
  const { place } = leaf;
  const [index] = place?.indexes ?? [];
  if (
    !place ||
    !index ||
    place.indexes.length !== 1 ||
    /^(address|contract)/.test(leaf.type) ||
    !partiesOf(facts, users).has(index.text)
  )
    return undefined;
  if (ledgersOf(facts).has(place.key) || accountsOf(facts).has(place.key)) return undefined;
  const writes = facts.writesOf(place.key);
  // What users add up for themselves is no list of anybody.
  if (writes.some(({ happening: { step } }) => /^[+-]=$/.test(step.operator))) return undefined;
  const kept = writes.find(({ entry, happening: { step }, happening }) => {
    const guard = guardOf(facts, entry, happening);
    const others = step.place.indexes.some((i) => has(i, "parameter") || i.kind === "place");
    return others && guard?.kind !== "entitled" && !isForUsers(facts, entry);
  });
  if (!kept) return undefined;
  const guard = guardOf(facts, kept.entry, kept.happening);
  // A time that comes with what somebody brings is no list that anybody keeps.
  if (!guard && has(check.step.condition, "block")) return undefined;
  const slow = (guard && isTimelocked(guard)) || isDelayed(kept.happening.conditions);
  return {
    title: `${guard ? "The owner" : "Anybody"} can shut single addresses out: ${kept.entry.signature} sets ${place.key}`,
    severity: guard ? "high" : "critical",
    likelihood: slow ? "unlikely" : guard ? "possible" : "likely",
    function: kept.entry.signature,
    where: facts.placeOf(kept.happening, kept.entry),
    who: guard?.who ?? "anybody",
    why: `${users.signature} depends on ${place.label}, which ${whoText(guard?.who)} can set for any address.`,
  };
}

/** Whose money it is that moves, and who gets it. */
function partiesOf(facts: Facts, users: Entry): ReadonlySet<string> {
  const ledgers = new Set([...ledgersOf(facts), ...accountsOf(facts)]);
  const titles = titlesOf(facts);
  const takers = writesIn(users).flatMap((h) => (titles.has(h.step.place.key) ? [h.step.value.text] : []));
  const holders = writesIn(users).flatMap((h) =>
    ledgers.has(h.step.place.key) ? h.step.place.indexes.map((i) => i.text) : [],
  );
  // What the caller sends is passed on: nobody's money but theirs.
  const receivers = outflowsOf(users).flatMap((flow) =>
    flow.amount && has(flow.amount, "sent") ? [] : [flow.to.text],
  );
  return new Set(["msg.sender", ...holders, ...takers, ...receivers]);
}

function isAddress(index: Value): boolean {
  return leavesOf(index).some((leaf) => leaf.kind === "parameter" && /^address|^contract/.test(leaf.type));
}

/** Another contract is asked whether these people may. */
function registry(
  facts: Facts,
  users: Entry,
  leaf: Value,
  happening: ReturnType<typeof checksIn>[number],
): Draft | undefined {
  const call = leaf.call;
  if (call?.by !== "view" || has(call.target, "parameter") || has(call.target, "sender")) return undefined;
  if (
    !/block|black|deny|frozen|freeze|sanction|restrict|white|allow(?!ance)|permitted|cantransfer|verified|kyc/i.test(
      call.name,
    )
  )
    return undefined;
  if (!call.inputs.some((input) => has(input, "sender") || isAddress(input)) || isZero(leaf)) return undefined;
  const writes = writesIn(users).length > 0;
  if (!writes) return undefined;
  return {
    title: `Another contract can shut single addresses out: ${call.target.text}.${call.name}`,
    severity: "high",
    likelihood: "possible",
    function: users.signature,
    where: facts.placeOf(happening, users),
    who: call.target.text,
    why: `${users.signature} asks ${call.target.text} whether an address may move what is theirs; whoever keeps that list decides.`,
  };
}
