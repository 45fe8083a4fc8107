import { type Guard, guardOf, isDelayed, isTimelocked, powerOf } from "../facts/authority.js";
import { isOnce, placesIn } from "../facts/conditions.js";
import { callsIn, type Entry, type Facts, type WriteBy } from "../facts/facts.js";
import { keepsMoney } from "../facts/money.js";
import type { Draft } from "../finding.js";
import type { Call } from "../trace/step.js";
import { has, isChosen, leavesOf, type StoragePlace } from "../trace/value.js";
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
    const key = chosen || open || isHandedOn(entry, step) ? undefined : swapOf(facts, places);
    if (!chosen && !open && !key) continue;
    const holder = key?.guard ?? guard;
    const slow = (holder && isTimelocked(holder)) || isDelayed((key?.by.happening ?? happening).conditions);
    const bad = chosen ? !guard && !listed : open;
    const money = keepsMoney(facts);
    return [
      {
        title: bad
          ? `Anybody's code runs as this contract: ${entry.signature}`
          : `Code that somebody names runs as this contract: ${entry.signature}`,
        // Users run it by themselves, and what they have here is in its hands, money or not.
        severity: bad ? "critical" : key && !guard ? (money ? "high" : "medium") : listed || !money ? "low" : "high",
        likelihood: bad ? "likely" : slow ? "unlikely" : "possible",
        function: entry.signature,
        where: facts.placeOf(happening, entry),
        who: bad ? "anybody" : (holder?.who ?? "whoever keeps the list"),
        why: `A delegatecall runs the code of ${step.target.text} over this contract's storage and money; ${bad ? "anybody says which code that is" : `which code that is says ${whoText(holder?.who ?? "a list")}${key ? `, by ${key.by.entry.signature}` : ""}`}.`,
      },
    ];
  }
  return [];
}

/** Who can put another address into the variable that says which code runs. */
function swapOf(facts: Facts, places: readonly StoragePlace[]): { by: WriteBy; guard: Guard } | undefined {
  for (const place of places)
    for (const by of facts.writesOf(place.key)) {
      const guard = powerOf(facts, by.entry, by.happening);
      if (guard && has(by.happening.step.value, "parameter") && !isOnce(by.entry, by.happening.conditions))
        return { by, guard };
    }
  return undefined;
}

/** The whole call goes on as it came: a proxy, or one of many parts; who changes the code is told as upgradability. */
function isHandedOn(entry: Entry, { inputs }: Call): boolean {
  return entry.name === "fallback" || entry.name === "receive" || inputs.some((input) => input.text === "msg.data");
}
