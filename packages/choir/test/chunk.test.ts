import { chunkMarkdown } from "../src/text/chunk.js";
import { words } from "../src/text/words.js";

const sentence = "The quick brown fox jumps over the lazy dog near the river. ";

describe("chunkMarkdown", () => {
  it("cuts along headings and paragraphs into passages of about 200 words", () => {
    const section = (name: string) => `## ${name}\n\n${`${sentence.repeat(6).trim()}\n\n`.repeat(5)}`;
    const markdown = `# Title\n\n${["One", "Two", "Three"].map(section).join("")}`;
    const chunks = chunkMarkdown(markdown);
    expect(chunks.map((chunk) => chunk.heading)).toEqual(["One", "One", "Two", "Two", "Three", "Three"]);
    for (const chunk of chunks) {
      expect(words(chunk.text).length).toBeLessThanOrEqual(240);
      expect(markdown.slice(chunk.start, chunk.end)).toContain(chunk.text.split("\n\n").at(-1));
    }
  });

  it("keeps short sections together and loses no word", () => {
    const markdown = "# T\n\n## A\n\nalpha\n\n## B\n\nbeta\n\n## C\n\ngamma\n\n## End";
    const chunks = chunkMarkdown(markdown);
    expect(chunks).toHaveLength(2);
    const all = chunks.flatMap((chunk) => words(`${chunk.heading} ${chunk.text}`));
    expect(new Set(all)).toEqual(new Set(["t", "a", "alpha", "b", "beta", "c", "gamma", "end"]));
  });

  it("sets quotations, footnotes and reference lists apart from the author's own text", () => {
    const markdown = [
      "# T\n\nMine.\n\n> Theirs.\nstill theirs\n\nMine again.\n",
      "[^1]: https://example.org\n",
      "## References\n\n1. Somebody, Some book.\n\n### Web\n\nMore of them.\n\n## Appendix\n\nMine at last.",
    ].join("\n");
    const own = chunkMarkdown(markdown)
      .filter((chunk) => chunk.own)
      .map((chunk) => chunk.text)
      .join(" ");
    expect(own).toContain("Mine.");
    expect(own).toContain("Mine again.");
    expect(own).toContain("Mine at last.");
    for (const theirs of ["Theirs", "still theirs", "example.org", "Some book", "More of them"]) {
      expect(own).not.toContain(theirs);
    }
  });

  it("splits one long paragraph after sentences, and text without any space anywhere", () => {
    for (const text of [
      sentence.repeat(100),
      "x".repeat(50_000),
      "字".repeat(5_000),
      "😀".repeat(9_001),
      "word ".repeat(3_000),
    ]) {
      const chunks = chunkMarkdown(`# T\n\n${text}`);
      expect(chunks.length).toBeGreaterThan(1);
      expect(
        chunks
          .map((chunk) => chunk.text)
          .join("")
          .replace(/\s/g, ""),
      ).toBe(text.replace(/\s/g, ""));
      for (const chunk of chunks) {
        expect(chunk.text.length).toBeLessThanOrEqual(4_000);
        expect(chunk.text).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
      }
    }
  });

  it.each([
    ["10,000 nested lists", Array.from({ length: 10_000 }, (_, i) => `${" ".repeat(i % 200)}- x`).join("\n")],
    ["10,000 nested quotes", `${">".repeat(10_000)} x`],
    ["a fence that never ends", `\`\`\`\n${"code\n".repeat(20_000)}`],
    ["marks without end", `# ${"#".repeat(200_000)}\n${"=".repeat(200_000)}\n${"[".repeat(200_000)}`],
    ["hostile HTML", "<script>alert(1)</script>\n<img src=x onerror=alert(1)>\n".repeat(2_000)],
    ["control characters", "\u0000\u0001\u202E".repeat(50_000)],
    ["nothing", ""],
  ])("takes %s in time linear in its length", (_name, markdown) => {
    const started = performance.now();
    chunkMarkdown(`# T\n\n${markdown}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
