import { checkCitations, type SourceText } from "../../src/check/index.js";

const SOURCES: SourceText[] = [
  {
    id: "S1",
    title: "Harbour committee of Dunholm: minutes",
    uri: "file:dunholm.md",
    text: `The committee turned down the request of the sailing club for a second slipway. Member Okafor proposed a toll on yachts; member Reyes spoke against it. The dredging contract, suspended in April, will not be resumed before the winter. The pilots did not know the draught of the tanker until she had berthed.

Silt in the northern basin was reduced by a quarter. The crane on the coal quay is safe, though old. Mooring at the fuel pier is allowed only with a permit. The harbour master has hired a firm of divers. The owner, who had not insured the barge, sold it in 1911.

The letter to the tenants did not mention the deposit. A plan to tow the wreck failed when the tug's crew would not go out. The strike ended after 40 days. The fee brings no discount, no refund and no claim to a berth. Damage by ice is not covered.

The new lock gate will not be hung in March, as announced, but in September. The tug Alma was built in 1902 against the wishes of the pilots, never left the harbour, and served as a ferry until 1950. Boats of the lifeguard are exempt from the toll. Income fell by 12 per cent, although 5 per cent more ships called.`,
  },
];

const verdictOf = (claim: string) => checkCitations(`${claim} [S1].`, SOURCES).sentences[0];

it.each([
  "The sailing club asked for a second slipway, and the committee turned it down",
  "The draught of the tanker was hidden from the pilots until she had berthed",
  "The uninsured barge was sold by its owner in 1911",
  "The letter to the tenants was silent about the deposit",
  "The strike lasted for 40 days",
  "The fee brings no discount and no refund",
  "Member Reyes opposed the toll on yachts",
  "The new lock gate, once announced for March, will be hung in September",
  "The tug Alma was built in 1902 and served as a ferry until 1950",
  "There is an exemption from the toll for boats of the lifeguard",
  "Income was 12 per cent less, although 5 per cent more ships called",
])("the source bears out: %s", (claim) => {
  const sentence = verdictOf(claim);
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe("supported");
});

it.each([
  "The committee accepted the request of the sailing club for a second slipway",
  "The dredging contract, which was halted in April, will start again before the winter",
  "The draught of the tanker was not hidden from the pilots before she had berthed",
  "The dredging did not lessen the silt in the northern basin",
  "The crane on the coal quay, which is old, is not safe to use",
  "No permit is needed for mooring at the fuel pier",
  "The harbour master has not yet called in a firm of divers",
  "The tug's crew agreed to tow the wreck",
  "Member Reyes supported the toll on yachts",
])("the source contradicts: %s", (claim) => {
  const sentence = verdictOf(claim);
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe("contradicted");
  expect(sentence?.checks.some(({ kind, passed }) => kind === "negation" && !passed)).toBe(true);
});

const MORE: SourceText[] = [
  {
    id: "S1",
    title: "Waterworks of Tarrant: report",
    uri: "file:tarrant.md",
    text: `The price of water stays at 2.1 crowns for the fifth year. Pensioners are exempt from the meter fee. The plan for a desalination plant, which the ministry had promoted for years, was dropped. The works owe 40 million crowns, down from 55 million in 2018. The engineers advise against chlorine. No illness was traced to the spring.

Service to the hospital went on as usual. The river is cleaner than in 1995. Lead was below the limit in all but three samples.`,
  },
];

it.each([
  ["In the end there will be no desalination plant", "supported"],
  ["The works owe less than in 2018", "supported"],
  ["Only three samples had more lead than the limit allows", "supported"],
  ["The price of water goes up this year", "contradicted"],
  ["Pensioners have to pay the meter fee", "contradicted"],
  ["The works owe more than they did in 2018", "contradicted"],
  ["The engineers propose to use chlorine", "contradicted"],
  ["Service to the hospital was interrupted", "contradicted"],
  ["The river is dirtier than in 1995", "contradicted"],
  ["The works owe 40 million crowns, and one illness was traced to the spring", "contradicted"],
])("%s: %s", (claim, verdict) => {
  const sentence = checkCitations(`${claim} [S1].`, MORE).sentences[0];
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe(verdict);
});

const TRIAL: SourceText[] = [
  {
    id: "S1",
    title: "Zinc lozenges in a winter cold: a trial in Harrow clinics",
    uri: "file:zinc.md",
    text: `Zinc shortened the cold by 1.4 days on average (95% confidence interval 0.6 to 2.2; p=0.002). Fever declined in both groups, and the difference was not statistically significant. A fifth of the nurses said that they forgot a dose. Sixty-two per cent of the patients finished the course, compared with 74 per cent in the trial of 2019.

The society of pharmacists, SOPH, welcomed the report. Dr Ines Halloran spoke against a larger trial. The clinic answered the first letter of the ministry but not the second. Thirty per cent of the parents saw no change.`,
  },
];

it.each([
  ["The difference in fever was not significant", "supported"],
  ["The clinic did not answer the second letter of the ministry", "supported"],
  ["Fewer patients finished the course than in the trial of 2019", "supported"],
  [
    "The difference in the length of the cold was not statistically significant, although zinc shortened it",
    "contradicted",
  ],
  ["None of the nurses forgot a dose", "contradicted"],
  ["All the patients finished the course", "contradicted"],
  ["The share of patients who finished the course has risen since 2019", "contradicted"],
  ["The society of pharmacists criticised the report", "contradicted"],
  ["Dr Ines Halloran supported the plan for a larger trial", "contradicted"],
  ["The clinic did not answer the first letter of the ministry", "contradicted"],
])("%s: %s", (claim, verdict) => {
  const sentence = checkCitations(`${claim} [S1].`, TRIAL).sentences[0];
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe(verdict);
});
