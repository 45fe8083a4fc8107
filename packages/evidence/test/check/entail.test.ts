import { bearsOut, checkCitations, type Entailment, entail, gate, type SourceText } from "../../src/check/index.js";

const TEXTS: SourceText[] = [
  {
    id: "S1",
    title: "Skerry Bank",
    uri: "file:a.md",
    text: "# Skerry Bank\n\nThe owners do not plan to enlarge the wind farm itself. Output in 2022 was 1,894 GWh, down from 2,031 GWh the year before.",
  },
];
const REWORDED = "Nobody who has a stake in Skerry Bank means to build more turbines there [S1].";
const WRONG = "Output in 2022 was 1,994 GWh [S1].";
const signal = new AbortController().signal;

/** What comes of a draft where the model says this of every claim. */
async function judged(draft: string, judge: Entailment | Awaited<ReturnType<Entailment>>) {
  const asked: Parameters<Entailment>[0][] = [];
  const report = await entail(checkCitations(draft, TEXTS), TEXTS, {
    signal,
    judge: async (o) => {
      asked.push(o);
      return typeof judge === "function" ? await judge(o) : judge;
    },
  });
  return { report, asked };
}

it("lifts what is said in other words, on a quote that code has found", async () => {
  expect(checkCitations(REWORDED, TEXTS).sentences[0]?.verdict).not.toBe("supported");
  const quote = "the owners do not plan to enlarge the wind farm";
  const { report, asked } = await judged(REWORDED, { verdict: "supported", quote });
  expect(report).toMatchObject({ method: "model", citations: { total: 1, supported: 1, rate: 1 } });
  const [sentence] = report.sentences;
  expect(sentence).toMatchObject({ verdict: "supported", method: "model" });
  const span = sentence?.spans.at(-1);
  expect(TEXTS[0]?.text.slice(span?.start, span?.end)).toBe("The owners do not plan to enlarge the wind farm");
  expect(gate(report, REWORDED)).toEqual({ pass: true });
  expect(asked[0]?.claim).toBe("Nobody who has a stake in Skerry Bank means to build more turbines there.");
  for (const { start, end, text } of asked[0]?.passages ?? []) expect(TEXTS[0]?.text.slice(start, end)).toBe(text);
});

it.each([
  ["a quote that is not there", { verdict: "supported", quote: "the owners will never build" }],
  ["no quote", { verdict: "supported" }],
  ["a quote that says nothing", { verdict: "supported", quote: "the wind" }],
] as const)("a verdict on %s counts for nothing", async (_, answer) => {
  const { report } = await judged(REWORDED, answer);
  expect(report).toEqual(checkCitations(REWORDED, TEXTS));
});

it("lowers what only looks alike", async () => {
  const alike = "The owners plan to enlarge the wind farm itself, the output of which was 1,894 GWh in 2022 [S1].";
  for (const verdict of ["partial", "contradicted"] as const) {
    const { report } = await judged(alike, { verdict, quote: "do not plan to enlarge" });
    expect(report.sentences[0]?.verdict).not.toBe("supported");
  }
  const good = "Output in 2022 was 1,894 GWh [S1].";
  const { report } = await judged(good, { verdict: "not_found" });
  expect(report).toMatchObject({ method: "model", citations: { supported: 0 } });
});

it("what code has found out stands, whatever the model says: it is not even asked", async () => {
  const draft = `${WRONG}\n\nCats like milk [S9].\n\n“The owners do plan to enlarge the wind farm” [S1].`;
  const { report, asked } = await judged(draft, { verdict: "supported", quote: "Output in 2022 was" });
  expect(asked).toEqual([]);
  expect(report).toEqual(checkCitations(draft, TEXTS));
});

it("of a model that fails the verdicts by text stay, the report says so, and it is not asked for ever", async () => {
  const draft = Array.from(
    { length: 30 },
    (_, i) => `Many ${"very ".repeat(i)}glad people like Skerry Bank [S1].`,
  ).join("\n\n");
  const { report, asked } = await judged(draft, () => Promise.reject(new Error("It is away.")));
  expect(asked.length).toBeLessThan(10);
  expect(report).toMatchObject({ method: "lexical", sentences: checkCitations(draft, TEXTS).sentences });
  expect(report.problems.at(-1)).toMatchObject({ code: "model_failed", message: /stay text-matched\. It is away\./ });
});

it("called off, it ends with that", async () => {
  const called = new AbortController();
  const judge: Entailment = async () => {
    called.abort(new Error("called off"));
    throw new Error("aborted");
  };
  const work = entail(checkCitations(REWORDED, TEXTS), TEXTS, { judge, signal: called.signal });
  await expect(work).rejects.toThrow("called off");
});

it("asks of each statement by itself, and a citation has the worst of its verdicts", async () => {
  const draft = "The owners do not plan to enlarge the wind farm, and the owners mean to build on land [S1].";
  const { report, asked } = await judged(draft, async ({ claim }) =>
    claim.includes("on land") ? { verdict: "not_found" } : { verdict: "supported", quote: "do not plan to enlarge" },
  );
  expect(asked.map(({ claim }) => claim)).toEqual([
    "The owners do not plan to enlarge the wind farm.",
    "The owners mean to build on land.",
  ]);
  expect(report.sentences[0]).toMatchObject({ verdict: "not_found", method: "model" });
});

it("of sources that bear a sentence out together none is lowered because it says a part", async () => {
  const two = [
    ...TEXTS,
    {
      id: "S2",
      title: "Cable",
      uri: "file:b.md",
      text: "# Cable\n\nThe cable to the wind farm was laid in spring by a ship.",
    },
  ];
  const draft =
    "The owners do not plan to enlarge the wind farm, the cable to which was laid in spring by a ship [S1, S2].";
  const byText = checkCitations(draft, two);
  expect(byText.sentences[0]?.verdict).toBe("supported");
  const judge: Entailment = async ({ passages }) => ({
    verdict: "partial",
    quote: passages.some(({ text }) => text.includes("cable")) ? "laid in spring" : "do not plan to enlarge",
  });
  expect((await entail(byText, two, { judge, signal })).sentences[0]?.verdict).toBe("supported");
});

describe("a claim by itself", () => {
  const reference = "The owners do not plan to enlarge the wind farm itself.";
  const good = "The owners do not plan to enlarge the wind farm.";

  it("is borne out where each of its sentences is", async () => {
    const asked: string[] = [];
    const judge: Entailment = async ({ claim }) => {
      asked.push(claim);
      return /cheese/.test(claim)
        ? { verdict: "not_found" }
        : { verdict: "supported", quote: "do not plan to enlarge" };
    };
    expect(await bearsOut(good, reference, { judge, signal })).toEqual({ holds: true });
    expect(await bearsOut(`The moon is made of cheese.\n\n${good}`, reference, { judge, signal })).toEqual({
      holds: false,
    });
    expect(asked).toContain("The moon is made of cheese.");
  });

  it("that a model was to judge and did not is said to be so", async () => {
    const judge: Entailment = () => Promise.reject(new Error("It is away."));
    expect(await bearsOut(good, reference, { judge, signal })).toEqual({ holds: true, notJudged: "It is away." });
  });
});
