import { type AuthorEdge, PASSED_ON, pairWeight, trustOf } from "../../src/citations/trust.js";

const cites = (citing: string, cited: string, citations = 1): AuthorEdge => ({ citing, cited, citations });
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const sumOf = (trust: Map<string, number>, who: readonly string[]) =>
  who.reduce((sum, name) => sum + (trust.get(name) ?? 0), 0);

describe("trust", () => {
  it("sums to 1, whoever cites whom, and stays with the seeds if they cite nobody", () => {
    const authors = ["a", "b", "c"];
    for (const edges of [[], [cites("a", "b"), cites("b", "c"), cites("c", "a", 50), cites("c", "c", 9)]]) {
      for (const seeds of [["a"], ["a", "b"], [], ["nobody"]]) {
        expect(sumOf(trustOf(authors, edges, seeds), authors)).toBeCloseTo(1, 12);
      }
    }
    expect([...trustOf(authors, [], ["a"]).values()]).toEqual([1, 0, 0]);
    expect(trustOf([], [], ["a"]).size).toBe(0);
  });

  it("is passed on by what more than one supporter gives", () => {
    const one = trustOf(["a", "b", "c"], [cites("a", "c")], ["a", "b"]);
    expect(one.get("c")).toBe(0);
    const two = trustOf(["a", "b", "c"], [cites("a", "c"), cites("b", "c")], ["a", "b"]);
    expect(two.get("c")).toBeCloseTo(PASSED_ON / (2 + PASSED_ON), 6);
  });

  it("does not grow by citing oneself, by citing the same one again and again, and little by citing each other", () => {
    const authors = ["a", "b", "c", "d"];
    const fair = [cites("a", "c"), cites("b", "c"), cites("a", "d"), cites("b", "d")];
    const before = trustOf(authors, fair, ["a", "b"]).get("c") ?? 0;
    expect(trustOf(authors, [...fair, cites("c", "c", 1_000)], ["a", "b"]).get("c")).toBeCloseTo(before, 12);
    const eager = [cites("a", "c", 1_000), ...fair.slice(1)];
    expect((trustOf(authors, eager, ["a", "b"]).get("c") ?? 0) / before).toBeLessThan(2);
    const mutual = [...fair, cites("c", "a"), cites("d", "a")];
    expect(trustOf(authors, mutual, ["a", "b"]).get("c") ?? 0).toBeLessThan(before);
    expect([1, 3, 1_000].map(pairWeight)).toEqual([1, 2, 9.967226]);
  });

  it("is the same whatever the order of authors and citations", () => {
    const authors = names("n", 40);
    const edges = authors.flatMap((name, i) => [
      cites(name, `n${(i * 7 + 3) % 40}`),
      cites(name, `n${(i * 3 + 1) % 40}`, 4),
    ]);
    const one = trustOf(authors, edges, ["n1", "n5"]);
    const other = trustOf(authors.toReversed(), edges.toReversed(), ["n5", "n1"]);
    expect([...other].sort()).toEqual([...one].sort());
  });

  it("leaves 3,000 who cite each other without any, also when a few of them are cited by the trusted", () => {
    const [honest, ring] = [names("honest", 100), names("ring", 3_000)];
    const edges = [
      ...honest.flatMap((name, i) => [1, 2, 3].map((k) => cites(name, `honest${(i + k * k) % 100}`))),
      ...ring.flatMap((name, i) => [cites(name, `ring${(i + 1) % 3_000}`), cites(name, `ring${(i * 17) % 3_000}`)]),
      ...names("honest", 10).map((name, i) => cites(name, `ring${i * 250}`)),
    ];
    const trust = trustOf([...honest, ...ring], edges, names("honest", 10));
    expect(sumOf(trust, ring)).toBeLessThan(0.0001);
    expect(sumOf(trust, honest)).toBeGreaterThan(0.9999);
  });
});
