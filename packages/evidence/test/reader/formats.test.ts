import { type ExtractedText, extractorFromService } from "../../src/index.js";
import { makeDocx, wordParagraph } from "../support/docx.js";
import { makePdf } from "../support/pdf.js";
import { type PlacedLine, placedPdf } from "../support/placed-pdf.js";
import { startReader, type TestReader } from "../support/reader.js";

let reader: TestReader;
beforeAll(async () => {
  reader = await startReader();
}, 60_000);
afterAll(async () => reader[Symbol.asyncDispose]());

const read = (content: string | Uint8Array, mediaType: string, name = "a"): Promise<ExtractedText> =>
  extractorFromService((request) => reader.call(request))({
    bytes: typeof content === "string" ? Buffer.from(content) : content,
    mediaType,
    name,
  });
const readPage = (body: string, head = ""): Promise<ExtractedText> =>
  read(`<!doctype html><html><head>${head}</head><body>${body}</body></html>`, "text/html", "https://example.org/a");
const PROSE =
  "<p>Deposits on Base grew in every month of the year, and the survey gives its reasons for that.</p>".repeat(8);

describe("a web page", () => {
  test("keeps cells that span rows in each of them, and columns in their places", async () => {
    const { text } = await readPage(
      `<article>${PROSE}<table><tr><th>Protocol</th><th colspan="2">Yield</th><th>Risk</th></tr>
       <tr><td rowspan="2">Aave</td><td>3.9%</td><td>4.1%</td><td>low</td></tr><tr><td>4.0%</td><td>4.2%</td><td>mid</td></tr></table>${PROSE}</article>`,
    );
    expect(text).toContain(
      "| Protocol | Yield |  | Risk |\n| Aave | 3.9% | 4.1% | low |\n| Aave | 4.0% | 4.2% | mid |",
    );
  });

  test("keeps code, numbered and nested lists; a power is no digit; tables that lay out a page are paragraphs", async () => {
    const { text } = await readPage(
      `<table><tr><td><p>It holds 10<sup>6</sup> tokens.</p><table><tr><td>a</td><td>1</td></tr></table></td></tr></table>
       <ol><li>one<ul><li>under</li></ul></li><li>two</li></ol><pre><code>if x:\n    y()</code></pre>`,
    );
    expect(text).toBe("It holds 10^6 tokens.\n\n| a | 1 |\n\n1. one\n  - under\n2. two\n\nif x:\n    y()");
  });

  test("says title, author, date and language by its JSON-LD", async () => {
    const data = {
      "@graph": [
        { "@type": "WebPage", name: "Site", author: { "@id": "#a" } },
        {
          "@type": "NewsArticle",
          headline: "Zinsen steigen",
          datePublished: "2026-10-05",
          author: [{ "@id": "#a" }, { name: "B." }],
        },
        { "@id": "#a", "@type": "Person", name: "Ada L." },
      ],
    };
    const found = await read(
      `<html lang="de-AT"><head><script type="application/ld+json">${JSON.stringify(data)}</script></head><body>${PROSE}</body></html>`,
      "text/html",
    );
    expect(found).toMatchObject({
      title: "Zinsen steigen",
      author: "Ada L.; B.",
      date: "2026-10-05",
      language: "de-AT",
    });
  });

  test.each([
    [
      "made by scripts",
      '<div id="root"></div><noscript>You need to enable JavaScript.</noscript><script>x()</script>',
      /made by scripts/,
    ],
    [
      "that asks for consent",
      "<h1>Before you continue</h1><p>We use data.</p><a>Reject all</a> <a>Accept all</a>",
      /asks for consent/,
    ],
    [
      "that asks for a person",
      "<p>Please verify you are human by completing the action below.</p>",
      /whether a person is there/,
    ],
    ["that asks for money", "<h1>Big news</h1><p>Subscribe to continue reading.</p>", /subscription/],
  ])("%s is refused, and says so", async (_, body, message) => {
    await expect(readPage(body)).rejects.toMatchObject({ code: "no_text", message: expect.stringMatching(message) });
  });

  test("of which only a part is open is read, with a note", async () => {
    const found = await readPage(`<article>${PROSE}<p>This article is for subscribers.</p></article>`);
    expect(found.text).toContain("Deposits on Base grew");
    expect(found.note).toMatch(/rest is for subscribers/);
  });
});

describe("an encoding", () => {
  const RUSSIAN = "Доходность вкладов выросла в сентябре, и обзор объясняет причины этого роста.";
  const windows1251 = Buffer.from(
    [...RUSSIAN].map((c) => (c >= "А" ? 0xc0 + c.charCodeAt(0) - 0x410 : c.charCodeAt(0))),
  );
  /** "利回りは九月に上昇した。" again and again. */
  const shiftJis = Buffer.from("979889f182e882cd8be38c8e82c98fe38fb882b582bd8142".repeat(6), "hex");
  /** "收益率在九月上升，调查说明了原因。" */
  const gb18030 = Buffer.from(
    "cad5d2e6c2cad4dabec5d4c2c9cfc9fda3acb5f7b2e9cbb5c3f7c1cbd4adb2efa1a3".replace("b2ef", "d2f2").repeat(4),
    "hex",
  );
  /** "Żółta gęś: podaż wzrosła." of iso-8859-2. */
  const latin2 = Buffer.concat([Buffer.from([0xaf, 0xf3, 0xb3]), Buffer.from("ta g"), Buffer.from([0xea, 0xb6])]);

  test.each([
    ["windows-1251, said nowhere", windows1251, "text/html", RUSSIAN],
    [
      "windows-1251, called Latin-1 by nobody but the header of UTF-8",
      windows1251,
      "text/plain; charset=utf-8",
      RUSSIAN,
    ],
    ["shift_jis, said nowhere", shiftJis, "text/plain", "利回りは九月に上昇した。"],
    ["gb18030, said nowhere", gb18030, "text/plain", "收益率在九月上升，调查说明了原因。"],
    ["iso-8859-2 by the header", latin2, "text/plain; charset=iso-8859-2", "Żółta gęś"],
    ["utf-16 without its mark", Buffer.from(RUSSIAN, "utf16le"), "text/plain", RUSSIAN],
    ["utf-8 that is called windows-1252", Buffer.from(RUSSIAN), "text/plain; charset=windows-1252", RUSSIAN],
  ])("%s is read right", async (_, bytes, mediaType, expected) => {
    const content = mediaType === "text/html" ? Buffer.concat([Buffer.from("<p>"), bytes, Buffer.from("</p>")]) : bytes;
    expect((await read(content, mediaType)).text).toContain(expected);
  });

  test("declared by the page's own meta tag is used", async () => {
    const page = Buffer.concat([Buffer.from('<html><head><meta charset="iso-8859-2"></head><body>'), latin2]);
    expect((await read(page, "text/html")).text).toBe("Żółta gęś");
  });
});

describe("a PDF", () => {
  const column = (x: number, name: string): PlacedLine[] =>
    Array.from(
      { length: 12 },
      (_, i) => [x, 120 + 12 * i, `${name} line ${i} has some words on deposits and more`] as const,
    );

  test("is read column by column, and its tables row by row", async () => {
    const table = ["Pool|Yield|Risk", "Aave|3.9%|low", "Moonwell|5.2%|mid", "Seamless|4.4%|mid"].flatMap((row, i) =>
      row.split("|").map((cell, n) => [60 + 130 * n, 400 + 14 * i, cell] as const),
    );
    const title: PlacedLine = [
      60,
      80,
      "A title that goes over all of the page, from its left side to its right side, as titles do",
    ];
    const { text } = await read(
      await placedPdf([[title, ...column(60, "Left"), ...column(310, "Right"), ...table]]),
      "application/pdf",
    );
    expect(text.indexOf("Left line 11")).toBeLessThan(text.indexOf("Right line 0"));
    expect(text).toContain("| Pool | Yield | Risk |\n| Aave | 3.9% | low |\n| Moonwell | 5.2% | mid |");
  });

  test("loses what every page repeats but for its number, once it was said, and nothing that differs", async () => {
    const pages = Array.from({ length: 5 }, (_, i): PlacedLine[] => [
      [60, 40, "Annual report 2026"],
      [500, 40, `${i + 1}`],
      [60, 100, `Item ${i + 1}`],
      [60, 140, `Page text number ${i * 7} with a hyphen-`],
      [60, 152, i === 0 ? "ated word. It is well-" : "ated word."],
      ...(i === 0 ? [[60, 164, "known, as a well-known thing is."] as const] : []),
      [60, 800, `${i + 1} of 5`],
    ]);
    const { text } = await read(await placedPdf(pages), "application/pdf");
    expect(text.match(/Annual report/g)).toHaveLength(1);
    expect(text).not.toMatch(/of 5/);
    expect(text).toContain("Item 5");
    expect(text).toContain("with a hyphenated word. It is well-known, as a well-known thing");
  });

  test("with images on some of its pages says on which", async () => {
    const { text, note } = await read(makePdf([["Some text."], [], [], ["More text."], []]), "application/pdf");
    expect(text).toBe("Some text.\n\nMore text.");
    expect(note).toBe("Pages 2-3 and 5 are without text: empty, or images, which are not read.");
  });
});

describe("a Word document", () => {
  test("gives its headings, tables, and what it says about itself; deleted text is left out", async () => {
    const cell = (text: string): string => `<w:tc>${wordParagraph(text)}</w:tc>`;
    const table = `<w:tbl><w:tr>${cell("Pool")}${cell("Yield")}</w:tr><w:tr>${cell("Aave")}${cell("3.9%")}</w:tr></w:tbl>`;
    const deleted = "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>stays</w:t></w:r></w:p>";
    const found = await read(makeDocx(wordParagraph("Results", "Heading1") + table + deleted), "", "a.docx");
    expect(found).toMatchObject({
      title: "Yields & risks",
      author: "Ada L.",
      date: "2026-10-05T08:00:00Z",
      language: "en-GB",
    });
    expect(found.text).toBe("# Results\n\n| Pool | Yield |\n| Aave | 3.9% |\n\nstays");
  });

  test("that is a bomb, damaged, or something else is refused in a sentence", async () => {
    const bomb = makeDocx("", { "word/bomb.xml": new Uint8Array(40 * 1024 * 1024) });
    await expect(read(bomb, "", "a.docx")).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("32 MiB"),
    });
    await expect(read(makeDocx("x").subarray(0, 300), "", "a.docx")).rejects.toMatchObject({ code: "unreadable" });
    const workbook = Buffer.from("PK\u0003\u0004 xl/workbook.xml", "latin1");
    await expect(read(workbook, "", "a.xlsx")).rejects.toMatchObject({ message: expect.stringContaining("Excel") });
  });
});

describe("a table of values", () => {
  test.each([
    ["semicolons", 'Pool;Yield;Note\nAave;3,9 %;"a; b\nc"\nMoonwell;5,2 %;\n', "text/csv"],
    ["commas", 'Pool,Yield,Note\nAave,"3,9 %","a; b\r\nc"\nMoonwell,"5,2 %",\n', "text/csv"],
    ["tabs", "Pool\tYield\tNote\nAave\t3,9 %\ta; b c\nMoonwell\t5,2 %\t\n", "text/tab-separated-values"],
  ])("with %s is rows with the header first", async (_, content, mediaType) => {
    expect((await read(content, mediaType)).text).toBe(
      "| Pool | Yield | Note |\n| Aave | 3,9 % | a; b c |\n| Moonwell | 5,2 % |  |",
    );
  });

  test("is cut where it is too long, and says so", async () => {
    const { text, truncated } = await read(`n,value\n${"1234567,some value\n".repeat(560_000)}`, "text/csv");
    expect(truncated).toBe(true);
    expect(text.startsWith("| n | value |\n| 1234567 | some value |")).toBe(true);
  });
});
