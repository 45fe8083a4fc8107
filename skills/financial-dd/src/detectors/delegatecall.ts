import { guardOf, isDelayed, isTimelocked } from "../facts/authority.js";
import { placesIn } from "../facts/conditions.js";
import { callsIn, type Entry, type Facts } from "../facts/facts.js";
import { keepsMoney } from "../facts/money.js";
import type { Draft } from "../finding.js";
import { has, isChosen, leavesOf } from "../trace/value.js";
import { type Detector, whoText } from "./detector.js";

/** Foreign code that runs as if it were this contract's. */
export const delegatecall: Detector = {
  id: "delegatecall",
  about: "foreign code that runs in the name of the contract, and who says which",
  find: (facts) => facts.actions.flatMap((entry) => delegated(facts, entry)),
};

function delegated(facts: Facts, entry: Entry): Draft[] {
  for (const happening of callsIn(entry)) {
    const { step } = happening;
    if (step.by !== "delegatecall" || step.target.kind === "this") continue;
    const guard = guardOf(facts, entry, happening);
    const chosen = isChosen(step.target);
    const listed = happening.conditions.some((c) =>
      placesIn(c).some((place) =>
        place.indexes.some(
          (index) => index.text === step.target.text || leavesOf(index).some((leaf) => leaf.kind === "parameter"),
        ),
      ),
    );
    const places = placesIn(step.target);
    const open = places.some((place) =>
      facts
        .writesOf(place.key)
        .some((by) => !guardOf(facts, by.entry, by.happening) && has(by.happening.step.value, "parameter")),
    );
    if (!chosen && !open) continue;
    const slow = (guard && isTimelocked(guard)) || isDelayed(happening.conditions);
    const bad = chosen ? !guard && !listed : open;
    const money = keepsMoney(facts);
    return [
      {
        title: bad
          ? `Anybody's code runs as this contract: ${entry.signature}`
          : `Code that somebody names runs as this contract: ${entry.signature}`,
        severity: bad ? "critical" : listed || !money ? "low" : "high",
        likelihood: bad ? "likely" : slow ? "unlikely" : "possible",
        function: entry.signature,
        where: facts.placeOf(happening, entry),
        who: bad ? "anybody" : (guard?.who ?? "whoever keeps the list"),
        why: `A delegatecall runs the code of ${step.target.text} over this contract's storage and money; ${bad ? "anybody says which code that is" : whoText(guard?.who ?? "a list")}.`,
      },
    ];
  }
  return [];
}
