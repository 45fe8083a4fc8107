import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KeyPair } from "@vibewriter/choir";
import type { CitationGraph } from "@vibewriter/server";
import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";
import { graphDot } from "../src/graph/dot.js";
import { graphSvg } from "../src/graph/svg.js";

/** A title that would be something else than text, wherever it is written. */
const HOSTILE = 'Tides"]; "x" -> "y" \\ <script>alert(1)</script> & \u202Eright\0\u001b[31m to left';

describe("vibewriter kb graph and its like", () => {
  let api: TestApi;
  /** Moon is cited by tides, tides by boats and harbours, which cite the moon, too. */
  let ids: Record<"moon" | "tides" | "boats" | "harbours", string>;
  const cli = (...args: string[]): Promise<Finished> => run(api.home, ["kb", ...args]);
  const author = (n: number) => KeyPair.fromSeed(Buffer.alloc(32, n));

  beforeAll(async () => {
    api = await openTestApi();
    const publish = async (key: string, markdown: string, n: number) =>
      (await api.choir.publish({ markdown, author: `Author ${n}`, key }, author(n))).id;
    const cite = (citing: string, cited: string, n: number, claim: string, passage?: string) =>
      api.choir.cite({ citing, cited, claim, ...(passage !== undefined && { passage }) }, author(n));
    const moon = await publish("moon", "# The moon\n\nThe moon pulls at the sea.", 1);
    const tides = await publish(
      "tides",
      `# ${HOSTILE.replace("\0", "").replace("\u001b", "")}\n\nTides follow the moon.`,
      2,
    );
    const boats = await publish("boats", "# Boats\n\nBoats wait for the tide.", 3);
    const harbours = await publish("harbours", "# Harbours\n\nHarbours are deep at high water.", 4);
    await cite(tides, moon, 2, "The moon makes tides.", "pulls at\nthe sea");
    await cite(boats, tides, 3, "Boats wait.");
    await cite(harbours, tides, 4, "Depth follows the tide.");
    await cite(harbours, moon, 4, "It is the moon.");
    ids = { moon, tides, boats, harbours };
  });
  afterAll(() => api[Symbol.asyncDispose]());

  it("lists who cites an article, for what, on which words, and the chains behind", async () => {
    const { stdout, code } = await cli("cited-by", ids.moon.slice(0, 10), "--json", "--depth", "3");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      article: { id: ids.moon, title: "The moon", citedBy: 2, retracted: false },
      counts: { cites: 0, citedBy: 2, citesInAll: 0, citedByInAll: 3 },
      citations: [
        { article: { id: ids.harbours }, claim: "It is the moon." },
        {
          article: { id: ids.tides, authorKey: author(2).publicKey },
          claim: "The moon makes tides.",
          passage: { text: "pulls at the sea", start: 21 },
          citedVersion: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
      chains: {
        truncated: false,
        chains: [
          [ids.moon, ids.tides, ids.harbours],
          [ids.moon, ids.tides, ids.boats],
          [ids.moon, ids.harbours],
        ],
      },
    });
    const shown = (await cli("cites", ids.harbours, "--depth", "2")).stdout;
    expect(shown).toContain("cites 2 (2 over any number of steps), cited by 0 (0)");
    expect(shown).toContain("    Depth follows the tide.");
    expect(shown).toMatch(/→ [0-9a-f]{12} {2}The moon/);
    expect(shown).not.toContain("\u202E");
  });

  it("finds the chain between two articles, and what is related", async () => {
    const { path, claims } = JSON.parse((await cli("path", ids.moon, ids.boats, "--json")).stdout);
    expect(path.map(({ id }: { id: string }) => id)).toEqual([ids.boats, ids.tides, ids.moon]);
    expect(claims).toEqual(["Boats wait.", "The moon makes tides."]);
    expect(await cli("path", ids.boats, ids.harbours)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("No chain of citations leads"),
    });
    const { stdout } = await cli("related", ids.boats);
    expect(stdout).toMatch(new RegExp(`cites the same +1 +0\\.71 +${ids.harbours} +Harbours`));
  });

  it("draws the graph in each format, to a file or not", async () => {
    const text = await cli("graph", ids.boats, "--depth", "1");
    expect(text.stdout).toContain(`    cites ${ids.tides}`);
    expect(text.stdout).toContain("2 articles, 1 citation");
    const file = join(api.home, "choir.svg");
    const written = await cli("graph", "-o", file, "--json");
    expect(JSON.parse(written.stdout)).toEqual({ file, format: "svg", articles: 4, citations: 4, truncated: false });
    expect(await readFile(file, "utf8")).toContain(">Harbours<");
    expect((await cli("graph", "--format", "dot")).stdout).toContain(`"${ids.boats}" -> "${ids.tides}";`);
    const whole = JSON.parse((await cli("graph", "--json")).stdout);
    expect(whole.citations).toHaveLength(4);
    expect(JSON.parse((await cli("graph", "--format", "json")).stdout)).toEqual(whole);
  });

  it.each([
    [["graph", "ffffffff"], "There is no article"],
    [["graph", "--format", "pdf"], "text, dot, json, svg"],
    [["graph", "-o", "graph.pdf"], "The ending of graph.pdf names no format"],
    [["graph", "--depth", "11"], "whole number from 1 to 10"],
    [["graph", "-o", "/no/such/folder/x.svg"], "cannot be written"],
    [["cites", "../x"], "There is no article"],
    [["path", "ffffffff", "ffffffff"], "There is no article"],
  ])("%j ends with 2 and says what to do", async (args, said) => {
    expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(said) });
  });
});

describe("a drawing", () => {
  const article = (id: string, title: string) => ({ id, title, author: title, citedBy: 1, retracted: false });

  it("shows titles as text, whatever they are", () => {
    const graph: CitationGraph = {
      articles: [article("a", HOSTILE), article("b", "\uD800 \uFFFE fine")],
      citations: [{ citing: "a", cited: "b" }],
      truncated: false,
    };
    const svg = graphSvg(graph);
    const tags = new Set([...svg.matchAll(/<\/?([a-z]+)/gi)].map(([, tag]) => tag));
    expect([...tags].sort()).toEqual(["defs", "g", "marker", "path", "rect", "style", "svg", "text", "title"]);
    expect(svg).toContain("&lt;script&gt;");
    for (const character of ["\0", "\u001b", "\u202e", "\ufffe", "\ud800"]) expect(svg).not.toContain(character);
    const dot = graphDot(graph).split("\n");
    expect(dot.filter((line) => line.includes("->"))).toHaveLength(2);
    expect(dot[3]).toMatch(/^ {2}"a" \[label="Tides\\"\]; \\"x\\" -> \\"y\\" \\\\ <script>/);
  });

  it("of 200 articles has none over another, and cites from left to right", () => {
    const articles = Array.from({ length: 200 }, (_, n) => article(`${n}`, `Article ${n}`));
    const citations = Array.from({ length: 400 }, (_, k) => ({
      citing: `${1 + (k % 199)}`,
      cited: `${(k * 7) % (1 + (k % 199))}`,
    }));
    const svg = graphSvg({ articles, citations, truncated: false });
    const boxes = [...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\)"><title>Article (\d+)/g)].map(([, x, y, n]) => ({
      ...{ x: Number(x), y: Number(y), n: Number(n) },
    }));
    expect(boxes).toHaveLength(200);
    const over = boxes.filter((a, i) =>
      boxes.some((b, j) => j > i && Math.abs(a.x - b.x) < 230 && Math.abs(a.y - b.y) < 58),
    );
    expect(over).toEqual([]);
    const at = new Map(boxes.map(({ n, x }) => [`${n}`, x]));
    expect(citations.every(({ citing, cited }) => (at.get(citing) ?? 0) < (at.get(cited) ?? 0))).toBe(true);
  });
});
