import type { Facts } from "../facts/facts.js";
import type { Draft } from "../finding.js";
import { has, type Value, valuesIn } from "../trace/value.js";
import type { Detector } from "./detector.js";

/** The person who signed the transaction is taken for the one who asks. */
export const txOrigin: Detector = {
  id: "tx-origin",
  about: "rights that hang on tx.origin: any contract that an owner calls can use them",
  find(facts: Facts) {
    const found = new Map<string, Draft>();
    for (const entry of facts.entries)
      for (const happening of entry.happenings) {
        const { step } = happening;
        const value =
          step.kind === "check" || step.kind === "branch"
            ? step.condition
            : step.kind === "use"
              ? step.value
              : undefined;
        if (!value || !has(value, "origin")) continue;
        const compared = [...valuesIn(value)].filter(
          (part) => /^(==|!=)$/.test(part.name) && part.parts.some((side) => has(side, "origin")),
        );
        const listed =
          step.kind !== "use" &&
          [...valuesIn(value)].some((part) => part.place?.indexes.some((index) => has(index, "origin")));
        const bad = listed || compared.some((part) => !part.parts.some((side) => isCallerOnly(side)));
        if (compared.length === 0 && !listed) continue;
        const where = facts.placeOf(happening, entry);
        const known = `${where.file}:${where.line}`;
        if (found.has(known) && !bad) continue;
        found.set(known, {
          title: bad
            ? `A right hangs on tx.origin: ${entry.signature}`
            : `Only people may call, no contracts: ${entry.signature}`,
          severity: bad ? "high" : "low",
          likelihood: "possible",
          function: entry.signature,
          where,
          why: bad
            ? "Whoever gets the owner to call any contract of theirs can call this one in the owner's name."
            : "tx.origin is compared with the caller: that shuts out contracts (wallets too) and gives nobody a right.",
        });
      }
    return [...found.values()];
  },
};

function isCallerOnly(side: Value): boolean {
  return side.kind === "sender";
}
