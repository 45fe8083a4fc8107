import { articleId, MAX_MARKDOWN_BYTES, preparePublication } from "../src/articles/article.js";
import { detectLanguage } from "../src/articles/language.js";
import { licenceExpression } from "../src/articles/licence.js";
import { ChoirError, type PublishRequest } from "../src/index.js";
import { ada, bob } from "./support/home.js";

const now = new Date("2026-01-02T03:04:05Z");
const request = (over: Partial<PublishRequest> = {}): PublishRequest => ({
  markdown: "# Tides\n\nThe moon pulls.",
  author: "Ada",
  key: "k1",
  ...over,
});
const prepare = (over: Partial<PublishRequest> = {}) =>
  preparePublication(request(over), ada.publicKey, now).publication;
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
    const elsewhere = preparePublication(request({ run: "r2", agent: "a2" }), ada.publicKey, new Date());
    expect(elsewhere.publication).toMatchObject({ id: first.id, version: first.version });
    expect(preparePublication(request(), bob.publicKey, now).publication.version).not.toBe(first.version);
    expect(prepare({ key: "k2" }).version).toBe(first.version);
    expect(prepare({ author: "Bob" }).version).not.toBe(first.version);
    expect(prepare({ markdown: "# Tides\n\nThe moon pulls!" }).version).not.toBe(first.version);
  });

  it.each([
    ["# A title #", "A title"],
    [`# ${"a".repeat(299)}\u{1F30A} and more`, "a".repeat(299)],
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
    ["invalid_article", { licence: "my own" }],
    ["invalid_article", { language: "english, I think" }],
    ["invalid_article", { tags: ["<script>"] }],
    ["invalid_article", { tags: Array.from({ length: 21 }, (_, i) => `tag${i}`) }],
  ])("refuses with %s", (code, over) => {
    expect(codeOf(over)).toBe(code);
  });
});

describe("a licence", () => {
  it.each([
    ["cc-by-4.0", "CC-BY-4.0"],
    ["MIT or (apache-2.0 AND BSD-3-Clause)", undefined],
    ["MIT OR (apache-2.0 AND BSD-3-Clause)", "MIT OR (Apache-2.0 AND BSD-3-Clause)"],
    ["GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"],
    ["EUPL-1.1+", "EUPL-1.1+"],
    ["LicenseRef-House-Rules", "LicenseRef-House-Rules"],
    ["MIT MIT", undefined],
    ["MIT OR", undefined],
    ["(MIT", undefined],
    ["MIT)", undefined],
    ["", undefined],
    ["All rights reserved", undefined],
  ])("%j is %j", (text, expression) => {
    expect(licenceExpression(text)).toBe(expression);
  });
});

describe("the language", () => {
  it.each([
    ["en", "The harbour was quiet when the ferry came in, and nobody had expected that it would bring so many people."],
    [
      "de",
      "Der Hafen war still, als die Fähre kam, und niemand hatte erwartet, dass sie so viele Menschen bringen würde.",
    ],
    ["fr", "Le port était calme quand le ferry est arrivé, et personne ne pensait qu'il amènerait autant de monde."],
    ["zh", "渡轮到达时港口很安静，没有人料到它会带来这么多人。".repeat(5)],
    ["ru", "Гавань была тиха, когда пришёл паром, и никто не ожидал, что он привезёт так много людей в этот город."],
    [undefined, "Too short to tell."],
    [undefined, "`code` 1234 ".repeat(40)],
  ])("is told from prose: %s", (language, text) => {
    const detected = (prose: string) => detectLanguage(`# A title\n\n\`\`\`js\nthe code of it\n\`\`\`\n\n${prose}\n`);
    expect(detected(text)).toBe(language);
    // Of a longer text the most frequent words tell, where they do.
    expect(detected(`${text} `.repeat(language === undefined ? 1 : 8))).toBe(language);
  });
});
