import { articleId, MAX_MARKDOWN_BYTES, preparePublication } from "../src/articles/article.js";
import { ChoirError, type PublishRequest } from "../src/index.js";

const now = new Date("2026-01-02T03:04:05Z");
const request = (over: Partial<PublishRequest> = {}): PublishRequest => ({
  markdown: "# Tides\n\nThe moon pulls.",
  author: "Ada",
  key: "k1",
  ...over,
});
const prepare = (over: Partial<PublishRequest> = {}) => preparePublication(request(over), now).publication;
const codeOf = (over: Partial<PublishRequest>) => {
  try {
    prepare(over);
    return "none";
  } catch (error) {
    return error instanceof ChoirError ? error.code : error;
  }
};

describe("preparePublication", () => {
  it("takes the id from the key and the version from the content", () => {
    const first = prepare();
    expect(first.id).toBe(articleId("k1"));
    expect(first.id).toMatch(/^[0-9a-f]{24}$/);
    expect(preparePublication(request({ run: "r2", agent: "a2" }), new Date()).publication).toMatchObject({
      id: first.id,
      version: first.version,
    });
    expect(prepare({ key: "k2" }).version).toBe(first.version);
    expect(prepare({ author: "Bob" }).version).not.toBe(first.version);
    expect(prepare({ markdown: "# Tides\n\nThe moon pulls!" }).version).not.toBe(first.version);
  });

  it.each([
    ["# A title #", "A title"],
    ["intro\n\n# Later", "Later"],
    ["Underlined\n==========\n\ntext", "Underlined"],
    ["```\n# in code\n```\n# Real", "Real"],
    ["## Second level\n\n# First", "First"],
    ["# C#", "C#"],
    ["# \u202Eevil\u0000 name", "evil name"],
    [`# ${"x".repeat(500)}`, "x".repeat(300)],
  ])("reads the title of %j", (markdown, title) => {
    expect(prepare({ markdown }).title).toBe(title);
  });

  it("lets a heading win over a given title, and takes the given one without a heading", () => {
    expect(prepare({ title: "Given" }).title).toBe("Tides");
    expect(prepare({ title: "Given", markdown: "no heading" }).title).toBe("Given");
  });

  it.each<[string, Partial<PublishRequest>]>([
    ["no_title", { markdown: "text without a heading" }],
    ["no_title", { markdown: "#\n\ntext" }],
    ["no_title", { markdown: "" }],
    ["no_title", { markdown: "  \n", title: "Given" }],
    ["too_large", { markdown: `# T\n${"x".repeat(MAX_MARKDOWN_BYTES)}` }],
    ["too_large", { markdown: `# T\n${"é".repeat(MAX_MARKDOWN_BYTES / 2)}` }],
    ["too_large", { markdown: "x".repeat(50_000_000) }],
    ["invalid_article", { author: " " }],
    ["invalid_article", { key: "" }],
    ["invalid_article", { sources: [{ id: "S1", uri: "https://example.org", sha256: "nope" }] }],
    ["invalid_article", { citations: [{ article: "nope", context: "c" }] }],
    ["self_citation", { citations: [{ article: articleId("k1"), context: "me" }] }],
  ])("refuses with %s", (code, over) => {
    expect(codeOf(over)).toBe(code);
  });
});
