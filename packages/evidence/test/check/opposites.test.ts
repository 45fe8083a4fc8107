import { checkCitations, type SourceText } from "../../src/check/index.js";

const SOURCES: SourceText[] = [
  {
    id: "S1",
    title: "Ferry company of Brattholm: yearly report",
    uri: "file:brattholm.md",
    text: `The port authority gave its blessing to the night service. The lease of the shipyard lapsed in June and was not prolonged. The ministry turned the request for a subsidy down. Captain Aasen told the inquiry that she had seen the buoy. The autumn fair was called off because of the gale.

The engineers' union calls the new roster unacceptable. The wooden jetty has not been kept. Dr Holmgren differed from the other members on the question of fares. The purser never acknowledged the error.

The cashier's office left the island crossing out of the discount. In summer the kiosks close early, though the café Solveig keeps its doors open until midnight. A fire broke out in a depot of old batteries in Sund in May. It burned for three hours. Nobody was injured, and the quay stayed in use.

The board accepted all nine proposals but rejected the charge of neglect. The regulator has no worries about the hull. Mooring, bathing and diving are allowed; fishing is not.

The rowing club did not merge back and continues as a small society of its own. The claim that the survey was a separate wrong was dismissed. The owner of the slipway reserved her rights in May, and 88 boats launched there after that had to pay.

Chart of the pilot cutter Svala, 1764. The cutter carried 2,318 barrels of tar in her first season. From 1 January 1831 pilots were paid by the town. Of 4,967 sailors 1,846 were examined, half of them in spring; six had scurvy. Those examined in spring were weaker, 12 per cent of them by much.`,
  },
];

const verdictOf = (claim: string) => checkCitations(`${claim} [S1].`, SOURCES).sentences[0];

it.each([
  "The lease of the shipyard was extended when it ran out in June",
  "The ministry agreed to the request for a subsidy",
  "The autumn fair took place despite the gale",
  "The engineers' union is satisfied with the new roster",
  "The wooden jetty has survived",
  "Dr Holmgren agreed with the other members on the question of fares",
  "The purser in the end owned up to the error",
  "The island crossing is included in the discount of the cashier's office",
  "The board rejected the proposals",
])("the source says the opposite of: %s", (claim) => {
  const sentence = verdictOf(claim);
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe("contradicted");
  expect(sentence?.checks.some(({ kind, passed }) => kind === "negation" && !passed)).toBe(true);
});

it.each([
  "The ministry would not grant the request for a subsidy",
  "The autumn fair did not take place because of the gale",
  "The café Solveig does not shut early in summer",
  "No one was hurt in the fire at the depot in Sund",
  "The discount of the cashier's office does not cover the island crossing",
  "The regulator is satisfied with the hull",
  "The board did not accept the charge of neglect",
  "The rowing club carried on as a small society of its own",
  "88 boats launched after the owner of the slipway had reserved her rights had to pay",
  // Years before 1900, and numbers to the last digit.
  "The pilot cutter Svala carried tar in 1764",
  "From the beginning of 1831 pilots were paid by the town",
  "The cutter's chart of 1764 shows her",
  "Among the 1,846 sailors who were examined, those of spring were weaker, 12 per cent of them by much",
])("the source says in other words: %s", (claim) => {
  const sentence = verdictOf(claim);
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe("supported");
});
