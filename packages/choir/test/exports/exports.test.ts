import { unzipSync } from "fflate";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import type { ExportedArticle } from "../../src/exports/exported-article.js";
import { renderText } from "../../src/exports/lay-out.js";
import { renderArticle } from "../../src/exports/render.js";
import { EXPORT_FORMATS, type ExportFormat } from "../../src/index.js";
import { exported } from "./exported.js";

async function textOf(article: ExportedArticle, format: ExportFormat): Promise<string> {
  const bytes = await renderArticle(article, format);
  if (format !== "docx") return Buffer.from(bytes).toString();
  return Object.values(unzipSync(bytes))
    .map((part) => Buffer.from(part).toString())
    .join("\n");
}

const WHOLE = `# Spring tides

Some *emphasis*, **strong** words, \`code\`, a [link](https://example.org/?a=1&b=2), https://example.net/bare, Ελληνικά, русский and a note[^1].

- [x] done
  1. inner

> quoted

| a | b |
|:--|--:|
| left | right |

\`\`\`js
let x = "<b>";
\`\`\`

![a chart](https://example.org/chart.png)

[^1]: The note.
`;

describe("an export", () => {
  it.each(EXPORT_FORMATS)(
    "as %s has the same bytes for the same article, and says that one is retracted",
    async (format) => {
      const whole = exported(WHOLE);
      const [one, two] = [await renderArticle(whole, format), await renderArticle(structuredClone(whole), format)];
      expect(Buffer.compare(one, two)).toBe(0);

      const retracted = { reason: "The data were wrong.", at: "2026-02-03T00:00:00.000Z" };
      const other = await renderArticle(exported(WHOLE, { retracted }), format);
      if (format === "pdf")
        expect(await pdfText(other)).toContain("Retracted by its author on 2026-02-03: The data were wrong.");
      else
        expect(await textOf(exported(WHOLE, { retracted }), format)).toMatch(
          /Retracted by its author on 2026-02-03: The data were wrong\\?\./,
        );
    },
  );

  it("has headings, lists, tables, code, notes, links and what it cites, in HTML and in DOCX", async () => {
    const html = await textOf(exported(WHOLE), "html");
    for (const part of [
      "<em>emphasis</em>",
      "<strong>strong</strong>",
      "<blockquote>",
      '<td align="right">right</td>',
      'href="https://example.org/?a=1&#x26;b=2"',
      'class="language-js"',
      "checked",
      'href="https://example.net/bare"',
      "The note.",
      "русский",
      "Bob: Neap tides. ",
      "Cited for: The range doubles.",
    ]) {
      expect(html).toContain(part);
    }
    expect(html.match(/Spring tides/g)).toHaveLength(2);
    const docx = await textOf(exported(WHOLE), "docx");
    for (const part of [
      "<w:b/>",
      "<w:footnoteReference",
      "The note.",
      'Target="https://example.org/?a=1&#38;b=2"',
      "<w:tbl>",
      "☒ ",
      "русский",
      "Neap tides",
      "Ada &#38; Co",
    ]) {
      expect(docx).toContain(part);
    }
  });

  it("is a text that is no article just as well: its facts, a notice, no list that it has not, and nothing that acts", async () => {
    const document = {
      ...{ title: "Neaps", author: "Ada", date: "2026-01-02T03:04:05.000Z", tags: [], lines: ["Run r1 <b>"] },
      ...{
        notice: { text: "Not published.", label: "Draft" },
        markdown: "# Neaps\n\nThe *range*. <script>x</script>\n",
      },
    };
    const html = Buffer.from(await renderText(document, "html")).toString();
    expect(html).toContain("<title>Draft: Neaps</title>");
    expect(html).toContain('<p class="notice"><strong>Not published.</strong></p>');
    expect(html).toContain("<li>Run r1 &#60;b&#62;</li>");
    expect(html).not.toMatch(/<script|Sources|Retracted/);
    expect(await pdfText(await renderText(document, "pdf"))).toContain("Not published.");
    expect(unzipSync(await renderText(document, "docx"))).toHaveProperty(["word/document.xml"]);
  });

  it("as PDF has its words, and says so if it lacks letters for some", async () => {
    const text = await pdfText(await renderArticle(exported(WHOLE), "pdf"));
    for (const part of ["Spring tides", "Ada & Co", "Ελληνικά", "русский", "inner", "The note.", "Neap tides"])
      expect(text).toContain(part);
    expect(text).not.toContain("white square");
    expect(await pdfText(await renderArticle(exported("# Spring tides\n\n潮汐"), "pdf"))).toContain("white square");
  });

  it("as BibTeX and CSL-JSON names title, author, date and version, with no sign of TeX at work", async () => {
    const odd = exported("x", { title: "50% of {x} \\input{y} & $z$_", author: "Ada^~" });
    expect(await textOf(odd, "bibtex")).toContain(
      "title = {{50\\% of \\{x\\} \\textbackslash{}input\\{y\\} \\& \\$z\\$\\_}}",
    );
    const imported = { from: "notes.md", date: "1999-12-31T00:00:00.000Z" };
    const [item] = JSON.parse(await textOf(exported("x", { imported }), "csl-json"));
    expect(item).toMatchObject({
      title: "Spring tides",
      author: [{ literal: "Ada & Co" }],
      issued: { "date-parts": [[1999, 12, 31]] },
    });
  });
});

describe("hostile Markdown", () => {
  const HOSTILE = `# T\u202Eeltit

<script>alert(1)</script>
<img src=x onerror=alert(1)> <svg onload=alert(1)><script>1</script></svg>
a <b onclick="x()">bold</b> <iframe src="https://evil.example"></iframe> <!-- hidden words --> <style>*{}</style>

[js](javascript:alert(1)) [tab](java&#9;script:alert(1)) [data](data:text/html,x) [vb](VBSCRIPT:x) [rel](../etc) [ref] <javascript:alert(1)>
![remote](https://evil.example/pixel.png) [![in](https://evil.example/p.png)](https://example.org) ![data](data:image/svg+xml,x)

[ref]: javascript:alert(2) "t"

zero\u200Bwidth \u202Eevil\u202C \u0000\u0007 [^x"><script>] \`<script>\`

[^x"><script>]: note "><img src=x onerror=alert(1)>

\`\`\`"><script>
</code></pre><script>alert(1)</script>
\`\`\`
`;

  it("becomes HTML in which nothing runs, nothing is fetched, and no address but those of the web is left", async () => {
    const hostile = exported(HOSTILE, {
      title: "</title><script>alert(1)</script>",
      author: '"><img src=x onerror=alert(1)>',
      language: undefined,
      citations: [{ article: "d".repeat(24), claim: "<script>x</script>" }],
    });
    const elements = elementsOf(parse(await textOf(hostile, "html")));
    const names = new Set(elements.map(({ tagName }) => tagName));
    for (const name of ["script", "img", "svg", "iframe", "object", "embed", "link", "form", "base"])
      expect(names).not.toContain(name);
    expect(elements.filter(({ tagName }) => tagName === "style")).toHaveLength(1);
    const attributes = elements.flatMap(({ attrs }) => attrs);
    expect(attributes.filter(({ name }) => /^on|^src|^style$|^srcset$/.test(name))).toEqual([]);
    const addresses = attributes.filter(({ name }) => name === "href").map(({ value }) => value);
    expect(addresses).toContain("https://evil.example/pixel.png");
    for (const address of addresses) expect(address).toMatch(/^(https:\/\/|#note-)/);
    expect(await textOf(hostile, "html")).not.toMatch(/hidden words|(?!\s)\p{Cc}|[\u202A-\u202E]/u);
  });

  it("becomes DOCX and PDF without an address that is not of the web, and without hidden words", async () => {
    const docx = await textOf(exported(HOSTILE), "docx");
    const targets = [...docx.matchAll(/Target="([^"]*)" TargetMode="External"/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(target).toMatch(/^https:\/\//);
    expect(docx).not.toMatch(/hidden words|(?!\s)\p{Cc}|[\u202A-\u202E]/u);
    const pdf = Buffer.from(await renderArticle(exported(HOSTILE), "pdf")).toString("latin1");
    expect([...pdf.matchAll(/\/URI \(([^)]*)/g)].every(([, address]) => address?.startsWith("https://"))).toBe(true);
    expect(pdf).not.toMatch(/\/JavaScript|\/Launch/);
  });

  // Processor time, since the machine may be busy with other things.
  it.each([
    ["nested lists", "- ".repeat(10_000)],
    ["lists further and further in", Array.from({ length: 1_000 }, (_, i) => `${" ".repeat(2 * i)}- x`).join("\n")],
    ["nested quotations", "> ".repeat(10_000)],
    ["brackets", "[".repeat(100_000)],
    ["pairs of brackets", "[a".repeat(10_000) + "]".repeat(10_000)],
    ["links that do not end", "[a](b".repeat(20_000)],
    ["stars", "*a **b ".repeat(15_000)],
    ["nested emphasis", "**a ".repeat(5_000) + "b** ".repeat(5_000)],
    ["code that does not end", Array.from({ length: 450 }, (_, i) => `${"`".repeat(i)} a`).join("")],
    ["declarations", "a <!A ".repeat(15_000)],
    ["comments", "a <!-- ".repeat(15_000)],
    ["HTML that hides the end of code", `<pre>\n\`\`\`\n</pre>\n\n${"[".repeat(50_000)}`],
    ["code in a list that has ended", `- a\n  \`\`\`\nEND ${"[a".repeat(20_000)}`],
    ["what could be mail addresses", "a.".repeat(50_000)],
    ["a list of very many", "- a\n".repeat(12_000)],
    ["lists and paragraphs in turn", "- a\n\nb\n\n".repeat(10_000)],
    ["quotations and headings in turn", "> a\n# b\n".repeat(10_000)],
    ["very many notes", Array.from({ length: 6_000 }, (_, i) => `a[^${i}]\n\n[^${i}]: b\n\n`).join("")],
    ["very many definitions", Array.from({ length: 6_000 }, (_, i) => `[a${i}]: http://b\n\n`).join("")],
    ["a line of 1 MB", "word ".repeat(200_000)],
  ])("%s are exported within 4 s of processor time", async (_name, text) => {
    expect(Buffer.from(await renderedInTime(text, "html")).toString()).toContain("Cited articles");
  });

  it("50,000 marks on one letter are set as PDF within 4 s of processor time", async () => {
    expect(await pdfText(await renderedInTime(`a${"\u0301".repeat(50_000)} and more`, "pdf"))).toContain("and more");
  });
});

async function renderedInTime(text: string, format: ExportFormat): Promise<Uint8Array> {
  await renderArticle(exported("warm"), format);
  const before = process.cpuUsage();
  const bytes = await renderArticle(exported(`# T\n\n${text}`), format);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(4);
  return bytes;
}

function elementsOf(document: DefaultTreeAdapterTypes.Document): DefaultTreeAdapterTypes.Element[] {
  const found: DefaultTreeAdapterTypes.Element[] = [];
  const open: DefaultTreeAdapterTypes.Node[] = [document];
  for (let node = open.pop(); node; node = open.pop()) {
    if ("tagName" in node) found.push(node);
    if ("childNodes" in node) open.push(...node.childNodes);
  }
  return found;
}

/** With the parser that the reader VM has. */
async function pdfText(bytes: Uint8Array): Promise<string> {
  const { extractText } = await import("unpdf");
  const { text } = await extractText(new Uint8Array(bytes), { mergePages: true });
  return text.replace(/\s+/g, " ");
}
