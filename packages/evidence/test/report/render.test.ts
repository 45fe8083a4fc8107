import { renderReport, slug } from "../../src/index.js";

const sha256 = "ab".repeat(32);
const sources = [1, 2, 3].map((n) => ({
  id: `S${n}`,
  title: `Title ${n}`,
  uri: `file:notes/${n}.md`,
  sha256,
  fetchedAt: "2026-11-22T10:00:00Z",
}));

test("ids become numbers in the order of first use, and the cited sources are listed", () => {
  const draft =
    "# T\n\nOne [S3]. Two [S1, S3]. *Three* [s1][S2].\n\n- Item [S2](https://a.b)\n\n| a | b |\n|---|---|\n| x | y [S3] |\n";
  const report = renderReport(draft, sources);
  expect(report).toContain("One [1]. Two [2, 1]. *Three* [2][3].");
  expect(report).toContain("- Item [3]");
  expect(report).toContain("| x | y [1] |");
  expect(report.slice(report.indexOf("## References"))).toBe(
    "## References\n\n" +
      [3, 1, 2]
        .map((n, i) => `${i + 1}. Title ${n}. \`file:notes/${n}.md\`, read 2026-11-22, sha256 \`abababababab\` (S${n})`)
        .join("\n") +
      "\n",
  );
});

test("code stays, the draft's own reference list goes", () => {
  const report = renderReport(
    "A [S1]. `x[S2]`\n\n```\n[S9]\n```\n\n## References\n\n- [S9] made up\n\n## After\n\nB [S2].",
    sources,
  );
  expect(report).toContain("`x[S2]`");
  expect(report).toContain("```\n[S9]\n```");
  expect(report).not.toContain("made up");
  expect(report).toMatch(/## After\n\nB \[2\]\.\n\n## References/);
});

test("an unknown id renders nothing", () => {
  expect(() => renderReport("A [S1]. B [S7].", sources)).toThrow(expect.objectContaining({ code: "unknown_source" }));
});

test("titles and addresses cannot act as Markdown", () => {
  const hostile = [
    { id: "S1", title: "![x](http://e.vil/p.png)\n# Big <script>", uri: "https://e.vil/a>b<img src=x>", sha256 },
  ];
  const list = renderReport("A [S1].", hostile).split("\n").at(-2) ?? "";
  expect(list).toContain("\\!\\[x\\]\\(http://e.vil/p.png\\) \\# Big \\<script\\>");
  expect(list).not.toMatch(/<img|[^\\]<script/);
});

test("slugs", () => {
  expect(slug("Research DeFi: yield & “Base” — 2026!")).toBe("research-defi-yield-base-2026");
  expect(slug("Über Zürich")).toBe("uber-zurich");
  expect(slug("../../etc/passwd")).toBe("etc-passwd");
  expect(slug("日本")).toBe("report");
});
