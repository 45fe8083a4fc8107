import { guardOf, isDelayed, isTimelocked } from "../facts/authority.js";
import { isOnce } from "../facts/conditions.js";
import type { Facts } from "../facts/facts.js";
import { keepsMoney } from "../facts/money.js";
import { type Detector, whoText } from "./detector.js";

/** Who can end the contract. */
export const selfdestruct: Detector = {
  id: "selfdestruct",
  about: "who can end the contract and have its ether sent somewhere",
  find: (facts: Facts) =>
    facts.actions.flatMap((entry) =>
      entry.happenings
        .filter((happening) => happening.step.kind === "destroy")
        .slice(0, 1)
        .map((happening) => {
          const guard = guardOf(facts, entry, happening);
          const slow = (guard && isTimelocked(guard)) || isDelayed(happening.conditions);
          const once = isOnce(entry, happening.conditions);
          return {
            title: `${guard ? "The owner" : "Anybody"} can end the contract: ${entry.signature}`,
            severity: guard ? (keepsMoney(facts) ? ("high" as const) : ("low" as const)) : ("critical" as const),
            likelihood:
              slow || (!guard && once) ? ("unlikely" as const) : guard ? ("possible" as const) : ("likely" as const),
            function: entry.signature,
            where: facts.placeOf(happening, entry),
            who: guard?.who ?? "anybody",
            why: `selfdestruct sends all ether of the contract away, and where it was made in the same transaction its code is gone too; ${whoText(guard?.who)} can call it.`,
          };
        }),
    ),
};
