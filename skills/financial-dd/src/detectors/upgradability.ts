import { type Guard, guardOf, isDelayed, isTimelocked } from "../facts/authority.js";
import { isOnce } from "../facts/conditions.js";
import { callsIn, type Entry, type Facts, lineage, writesIn } from "../facts/facts.js";
import type { Draft } from "../finding.js";
import type { Happening, Write } from "../trace/step.js";
import { has, isChosen, isZero } from "../trace/value.js";
import { type Detector, whoText } from "./detector.js";

/** EIP-1967: implementation and beacon; EIP-1822; OpenZeppelin's older slot. */
const SLOTS =
  /implementation|beacon|logic|0x360894a13ba1a3210667c828492db98dca3e2076|0xa3f0ad74e5423aebfd80d3ef4346578335a9a72a|PROXIABLE|0xc5f16f0fcc639fa48a6947836d9850f504798523|0x7050c9e0f4ca769c69bd3a8ef740bc37934f8e2c/i;

/** Whose code runs tomorrow. */
export const upgradability: Detector = {
  id: "upgradability",
  about:
    "proxies (EIP-1967, UUPS, beacon, and those of their own kind), who can change the code, and initializers that anybody can call",
  find(facts) {
    const targets = delegateTargets(facts);
    const first = firstCome(facts, keysOf(facts, targets));
    return [
      ...facts.actions.flatMap((entry) => upgrades(facts, entry, targets)),
      ...first,
      ...(first.length > 0 ? [] : openImplementation(facts)),
    ];
  },
};

/** Variables that say to which code the fallback hands everything. */
function delegateTargets(facts: Facts): ReadonlySet<string> {
  const keys = facts.actions
    .filter((entry) => entry.name === "fallback" || entry.name === "receive")
    .flatMap((entry) => callsIn(entry))
    .filter(({ step }) => step.by === "delegatecall" && step.target.place)
    .map(({ step }) => step.target.place?.key ?? "");
  return new Set(keys);
}

/** Who may change the code. */
function keysOf(facts: Facts, targets: ReadonlySet<string>): Guard[] {
  return facts.actions.flatMap((entry) => {
    const change = changeIn(facts, entry, targets);
    return (change && guardOf(facts, entry, change)) ?? [];
  });
}

function changeIn(facts: Facts, entry: Entry, targets: ReadonlySet<string>): Happening<Write> | undefined {
  const isProxy = targets.size > 0;
  const change = writesIn(entry).find(({ step }) => {
    if (targets.has(step.place.key)) return true;
    const named =
      step.place.key.startsWith("slot ") || isProxy || /Beacon|UUPS|Proxy/.test(lineage(facts.contract).join(" "));
    return (
      named &&
      SLOTS.test(`${step.place.key} ${step.place.label}`) &&
      (has(step.value, "parameter") || !isZero(step.value)) &&
      step.value.kind !== "constant"
    );
  });
  // One entry for each user is their own affair, unless all calls are handed to what it holds, as in a diamond.
  const isOwn = change !== undefined && !targets.has(change.step.place.key);
  return isOwn && change.step.place.indexes.some((index) => has(index, "parameter")) ? undefined : change;
}

function upgrades(facts: Facts, entry: Entry, targets: ReadonlySet<string>): Draft[] {
  const change = changeIn(facts, entry, targets);
  if (!change) return [];
  const guard = guardOf(facts, entry, change);
  const once = isOnce(entry, change.conditions);
  const slow = (guard && isTimelocked(guard)) || isDelayed(change.conditions);
  const open = !guard && !once;
  return [
    {
      title: open ? `Anybody can change the code: ${entry.signature}` : `The code can be changed: ${entry.signature}`,
      severity: open ? "critical" : "low",
      likelihood: open ? "likely" : slow ? "unlikely" : "possible",
      function: entry.signature,
      where: facts.placeOf(change, entry),
      who: guard?.who ?? (once ? "whoever calls first" : "anybody"),
      why: `It sets ${change.step.place.label}, the address of the code that runs; ${open ? "nothing checks who calls it" : `${whoText(guard?.who ?? "the first call")} can${slow ? ", after a delay" : " at once"}: what was audited is not what must run tomorrow`}.`,
    },
  ];
}

/** Who may upgrade is whoever calls an initializer first, and no constructor has done so: of the implementation anybody. */
function firstCome(facts: Facts, upgraded: readonly Guard[]): Draft[] {
  const keys = new Set(upgraded.flatMap((guard) => guard.place?.key ?? []));
  for (const entry of facts.actions) {
    const set = writesIn(entry).find(
      (h) =>
        keys.has(h.step.place.key) &&
        isChosen(h.step.value) &&
        isOnce(entry, h.conditions) &&
        !guardOf(facts, entry, h),
    );
    const own = new Set(writesIn(entry).map((h) => h.step.place.key));
    const closed = facts.constructors.some((made) => writesIn(made).some((h) => own.has(h.step.place.key)));
    if (!set || closed) continue;
    return [
      {
        title: `Whoever comes first may change the code: ${entry.signature} sets ${set.step.place.label}`,
        severity: "medium",
        likelihood: "possible",
        function: entry.signature,
        where: facts.placeOf(set, entry),
        who: "whoever calls first",
        why: `${set.step.place.label} decides who may change the code; ${entry.signature} gives it to the first caller, and no constructor shuts that in the implementation itself.`,
      },
    ];
  }
  return [];
}

/** An implementation that somebody else can initialize. */
function openImplementation(facts: Facts): Draft[] {
  if (!lineage(facts.contract).includes("Initializable") || facts.contract.node.abstract === true) return [];
  const entry = facts.actions.find(
    (candidate) => /^init/i.test(candidate.name) && !guardOf(facts, candidate, { conditions: [] }),
  );
  const closed = facts.constructors.some((made) =>
    writesIn(made).some((h) => /_initialized|initialized/i.test(h.step.place.key)),
  );
  if (!entry || closed) return [];
  return [
    {
      title: `The implementation itself can be initialized: ${facts.contract.name}`,
      severity: "low",
      likelihood: "possible",
      function: entry.signature,
      where: facts.placeOf(undefined, entry),
      who: "anybody",
      why: "The constructor does not call _disableInitializers, so anybody can take over the contract behind the proxy; harmless while it holds nothing and delegates nowhere.",
    },
  ];
}
