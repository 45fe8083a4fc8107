import { certitude, type Witness } from "../../src/findings/certitude.js";
import type { FindingSource } from "../../src/findings/claim.js";
import { findingsOf } from "../../src/findings/index.js";
import { kindOf, originOf } from "../../src/findings/weight.js";

const NOW = Date.UTC(2026, 10, 1);

function source(id: string, o: Partial<FindingSource> = {}): FindingSource {
  return { id, title: `Title ${id}`, uri: `https://${id.toLowerCase()}.example/page`, date: "2026-11-01", ...o };
}

function witness(from: FindingSource, stance: Witness["stance"] = "for", quote = from.id): Witness {
  return { source: from, stance, quote };
}

function claim(id: string, text: string, from: string[], more: object = {}) {
  return { id, text, by: "r", support: from.map((one) => ({ source: one, quote: text })), ...more };
}

describe("certitude", () => {
  const odds = (c: number): number => c / (1 - c);

  it("adds what independent sources weigh, as log-odds", () => {
    const news = source("S1", { kind: "news" });
    const official = source("S2", { kind: "official" });
    expect(certitude([], NOW)).toBe(0.5);
    expect(odds(certitude([witness(news)], NOW))).toBeCloseTo(3);
    expect(odds(certitude([witness(news), witness(official)], NOW))).toBeCloseTo(18);
    expect(odds(certitude([witness(official), witness(news, "against")], NOW))).toBeCloseTo(2);
  });

  it("counts one origin once, and words that were taken over as their first author's", () => {
    const page = (id: string) => source(id, { kind: "news", uri: `https://www.paper.example/${id}` });
    expect(odds(certitude([witness(page("S1")), witness(page("S2"))], NOW))).toBeCloseTo(3);
    const quote = "The council has decided on the third of May to close the northern bridge for good.";
    const copies = ["S1", "S2", "S3"].map((id) => witness(source(id, { kind: "news" }), "for", quote));
    expect(odds(certitude(copies, NOW))).toBeCloseTo(3);
  });

  it("halves a weight in three years, takes undated for a year old, and stays short of certainty", () => {
    const old = source("S1", { kind: "primary", date: "1 November 2023" });
    expect(odds(certitude([witness(old)], NOW))).toBeCloseTo(3, 1);
    expect(odds(certitude([witness(source("S2", { kind: "primary", date: undefined }))], NOW))).toBeCloseTo(9 ** 0.8);
    const many = Array.from({ length: 40 }, (_, i) => witness(source(`S${i}`, { kind: "primary" })));
    expect(certitude(many, NOW)).toBe(0.98);
  });
});

it("knows kinds and origins by their addresses", () => {
  const kinds = [
    "https://arxiv.org/abs/1",
    "https://www.nature.com/x",
    "https://data.gov.uk/x",
    "https://blog.medium.com/x",
  ];
  expect(kinds.map((uri) => kindOf({ uri }))).toEqual(["preprint", "peer_reviewed", "official", "blog"]);
  const dois = ["10.1038/s41586-020-2649-2", "10.48550/arXiv.1706.03762", "10.5281/zenodo.1234"];
  const registered = dois.map((doi) => kindOf({ uri: `https://doi.org/${doi}` }));
  expect(registered).toEqual(["peer_reviewed", "preprint", "unknown"]);
  expect(kindOf({ uri: "https://notnature.com/x" })).toBe("unknown");
  expect(kindOf({ uri: "file:notes.md" })).toBe("given");
  const origins = ["https://a.news.co.uk/1", "https://b.news.co.uk/2"].map((uri) => originOf(source("S1", { uri })));
  expect(origins).toEqual(["news.co.uk", "news.co.uk"]);
  const moved = source("S2", { uri: "https://doi.org/10.1038/x", finalUri: "https://www.nature.com/articles/x" });
  expect(originOf(moved)).toBe(originOf(source("S1", { uri: "https://www.nature.com/articles/x" })));
});

describe("findings", () => {
  const sources = [source("S1"), source("S2"), source("S3", { kind: "official", date: "2026-01-05" })];

  it("puts claims of several researchers that say the same into one row, and knows who is silent", () => {
    const { claims } = findingsOf({
      now: NOW,
      sources,
      claims: [
        claim("C1", "The harbour of Nordhafen handled 4.1 million containers in 2023.", ["S1"], {
          question: "How much?",
        }),
        claim("C2", "In 2023, 4.1 million containers were handled in the harbour of Nordhafen.", ["S2"]),
        claim("C3", "The harbour of Nordhafen was founded by monks.", ["S2"]),
      ],
    });
    expect(claims).toMatchObject([
      { claims: ["C1", "C2"], says: ["S1", "S2"], contradicts: [], silent: ["S3"], question: "How much?" },
      { claims: ["C3"], says: ["S2"], silent: ["S1", "S3"] },
    ]);
  });

  it("settles a conflict by the better source, and lowers the certitude of what it contradicts", () => {
    const { claims, conflicts } = findingsOf({
      now: NOW,
      sources,
      claims: [
        claim("C1", "Nordhafen handled 4.1 million containers.", ["S1"]),
        claim("C2", "Nordhafen handled 3.4 million containers.", ["S3"]),
      ],
    });
    expect(conflicts).toMatchObject([
      {
        first: "C1",
        second: "C2",
        kind: "number",
        detail: "4.1 million against 3.4 million",
        settled: "source",
        prefer: "C2",
      },
    ]);
    expect(claims.map(({ contradicts }) => contradicts)).toEqual([["S3"], ["S1"]]);
    expect(claims[0]?.certitude).toBeLessThan(0.5);
    expect(claims[1]?.certitude).toBeGreaterThan(0.5);
  });

  it("weighs hypotheses by the claims for and against them, and names what has no good source", () => {
    const on = (stance: "for" | "against") => ({ question: "Does it leak?", hypothesis: { id: "H1", stance } });
    const { hypotheses, gaps } = findingsOf({
      now: NOW,
      sources,
      questions: ["Does it leak?", "Who pays?"],
      hypotheses: [
        { id: "H1", text: "It leaks." },
        { id: "H2", text: "It rusts." },
      ],
      claims: [
        claim("C1", "Water stands in the hull.", ["S1"], on("for")),
        claim("C2", "The hull is dry.", ["S2"], on("against")),
      ],
    });
    expect(hypotheses).toMatchObject([
      { id: "H1", certitude: 0.5, for: ["C1"], against: ["C2"] },
      { id: "H2", certitude: 0.5, for: [], against: [] },
    ]);
    expect(gaps.map(({ kind, about }) => `${kind} ${about}`)).toEqual([
      "weak_evidence Does it leak?",
      "no_evidence Who pays?",
      "undecided H1: It leaks.",
      "no_evidence H2: It rusts.",
    ]);
  });

  it("counts a claim for every question and hypothesis that it was recorded for, or one in the same words was", () => {
    const also = [{ question: "Who pays?", hypothesis: { id: "H1", stance: "for" } }];
    const { claims, hypotheses, gaps } = findingsOf({
      now: NOW,
      sources: [source("S1", { kind: "primary" }), source("S2", { kind: "primary" })],
      hypotheses: [{ id: "H1", text: "It leaks." }],
      claims: [
        claim("C1", "The owner pays for the hull.", ["S1"], { question: "Does it leak?", also }),
        claim("C2", "The owner pays for the hull.", ["S2"], { question: "Whose is it?" }),
      ],
    });
    const questions = ["Does it leak?", "Who pays?", "Whose is it?"];
    expect(claims).toMatchObject([{ claims: ["C1", "C2"], question: "Does it leak?", questions }]);
    expect(hypotheses).toMatchObject([{ for: ["C1"], against: [] }]);
    expect(gaps).toEqual([]);
  });

  it("comes to nothing from nothing", () => {
    expect(findingsOf({ now: NOW, sources: [], claims: [] })).toEqual({
      claims: [],
      hypotheses: [],
      conflicts: [],
      gaps: [],
      notCompared: [],
    });
  });

  it("drops no claim of very many, calls no question unanswered that has some, and says what it has not compared", () => {
    const on = (question: string, count: number, more: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => claim(`${question} ${i}`, more(i), ["S1"], { question }));
    const { claims, gaps, conflicts, notCompared } = findingsOf({
      now: NOW,
      sources,
      questions: ["Who pays?"],
      claims: [
        ...on("How many?", 510, (i) => `Quay ${i} of the harbour has ${i} cranes.`),
        ...on("Who pays?", 1, () => "Nordhafen pays $2.4 million a year."),
        claim("other", "Nordhafen pays $1.9 million a year.", ["S3"], { question: "Who pays?" }),
      ],
    });
    expect(claims.flatMap(({ claims: ids }) => ids)).toHaveLength(512);
    expect(gaps.map(({ kind }) => kind)).not.toContain("no_evidence");
    expect(conflicts).toMatchObject([{ first: "Who pays? 0", second: "other", kind: "number" }]);
    expect(notCompared).toEqual([
      "There are 512 claims, more than 500: each was compared only with those of the same question.",
      "Of the 510 claims recorded for “How many?”, 10 were compared with no other.",
    ]);
  });
});
