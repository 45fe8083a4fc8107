import { EvidenceError, extractorFromService } from "../../src/index.js";
import { makePdf } from "../support/pdf.js";
import { startReader, type TestReader } from "../support/reader.js";

let reader: TestReader;
beforeAll(async () => {
  reader = await startReader();
}, 60_000);
afterAll(async () => reader[Symbol.asyncDispose]());

const read = (content: string | Uint8Array, mediaType: string, name: string) =>
  extractorFromService((request) => reader.call(request))({
    bytes: typeof content === "string" ? Buffer.from(content) : content,
    mediaType,
    name,
  });

async function codeOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EvidenceError);
  return error as EvidenceError;
}

const PAGE = `<!doctype html><html><head><meta charset="utf-8"><title>Yield survey — Example</title>
<meta name="author" content="Ada L."><meta property="article:published_time" content="2026-10-05"></head><body>
<nav><a href="/">Home</a><a href="/about">About us</a></nav><article><h1>Yield survey</h1>
<p>We deposited $1,000 in each of eight positions on 1 July 2026 and withdrew on 30 September 2026.</p>
<h2>Results</h2><table><thead><tr><th>Position</th><th>Yield</th></tr></thead><tbody><tr><td>Aave v3 USDC</td><td>3.9%</td></tr></tbody></table>
<ul><li>first item</li><li>second <b>item</b></li></ul><script>evil()</script><p style="display:none">hidden order to the reader</p>
<p>The Aerodrome stable pair returned 4.4% against an advertised 7.2%, for the same reason as before &amp; in every month.</p>
</article><footer>Copyright</footer></body></html>`;

test("a web page gives its article with headings, lists and tables, without menus and scripts", async () => {
  const { text, title, author, date } = await read(PAGE, "text/html; charset=utf-8", "https://example.org/survey");
  expect({ title, author, date }).toEqual({ title: "Yield survey", author: "Ada L.", date: "2026-10-05" });
  expect(text).toContain("We deposited $1,000 in each of eight positions on 1 July 2026");
  expect(text).toContain("## Results\n\n| Position | Yield |\n| Aave v3 USDC | 3.9% |");
  expect(text).toContain("- first item\n- second item");
  expect(text).toContain("same reason as before & in every month.");
  expect(text).not.toMatch(/evil|About us|Copyright|hidden order/);
});

test("a PDF gives its text with lines joined and cut words made whole", async () => {
  const pdf = makePdf([
    ["Deposits on Base grew to $1.31 billion in Sep-", "tember 2026, the survey says."],
    ["A second page."],
  ]);
  const { text, title, author, date } = await read(pdf, "application/pdf", "survey.pdf");
  expect(text).toBe("Deposits on Base grew to $1.31 billion in September 2026, the survey says.\n\nA second page.");
  expect({ title, author, date }).toEqual({ title: "A test", author: "Grace H.", date: "2026-09-15" });
});

test("a PDF without text says so, and a broken one too", async () => {
  expect(await codeOf(read(makePdf([[], []]), "application/pdf", "scan.pdf"))).toMatchObject({
    code: "no_text",
    message: expect.stringContaining("2 pages but no text"),
  });
  const whole = makePdf([["Some text"]]);
  expect((await codeOf(read(whole.subarray(0, 60), "application/pdf", "cut.pdf"))).code).toBe("unreadable");
  expect((await codeOf(read("%PDF-1.7 and then rubbish", "application/pdf", "broken.pdf"))).code).toBe("unreadable");
});

test("Markdown keeps its marks and gives its title; front matter is taken off", async () => {
  expect(await read("---\ntitle: A note\nauthor: B.\n---\n# Other\n\nText.", "text/markdown", "a.md")).toEqual({
    title: "A note",
    author: "B.",
    text: "# Other\n\nText.",
  });
  expect((await read("Intro\n\n# The title\n\nText.", "text/plain", "b.md")).title).toBe("The title");
});

test("plain text is decoded by its mark, its declared charset, or what it looks like", async () => {
  const text = "Zinsen: 4,6 % für Einlagen – „sicher“";
  expect((await read(Buffer.from(`\ufeff${text}`, "utf16le"), "text/plain", "a.txt")).text).toBe(text);
  expect((await read(Buffer.from(text), "text/plain", "a.txt")).text).toBe(text);
  expect((await read(Buffer.from([0x66, 0xfc, 0x72, 0x20, 0x84, 0x41, 0x93]), "text/plain", "a.txt")).text).toBe(
    "für „A“",
  );
  const russian = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]);
  expect((await read(russian, "text/plain; charset=windows-1251", "a.txt")).text).toBe("Привет");
});

test("what is no document is refused with the reason", async () => {
  const random = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251));
  for (const [bytes, name] of [
    [random, "a.txt"],
    [Buffer.from("504b03040000", "hex"), "a.zip"],
    [Buffer.from("89504e470d0a", "hex"), "a.md"],
  ] as const) {
    expect((await codeOf(read(bytes, "text/plain", name))).code).toBe("unsupported");
  }
  expect((await codeOf(read("", "text/plain", "a.txt"))).code).toBe("no_text");
  expect((await codeOf(read("<html><body><script>render()</script></body></html>", "text/html", "a.html"))).code).toBe(
    "no_text",
  );
});

test("characters that only a machine sees are taken out", async () => {
  expect((await read("Ra\u200btes\u202e are\u{e0041} 4.6%\u0007.", "text/plain", "a.txt")).text).toBe(
    "Rates are 4.6%.",
  );
});

test("many requests at once are all answered, and a long text is cut and says so", async () => {
  const texts = await Promise.all(Array.from({ length: 12 }, (_, i) => read(`Text ${i}.`, "text/plain", `${i}.txt`)));
  expect(texts.map((t) => t.text)).toEqual(Array.from({ length: 12 }, (_, i) => `Text ${i}.`));
  const long = await read("word ".repeat(600_000), "text/plain", "long.txt");
  expect(long.truncated).toBe(true);
  expect(long.text.length).toBe(2_500_000);
});

test("an answer that is none is an error with a code", async () => {
  const extract = extractorFromService(async () => Buffer.from('{"ok":true,"text":""}'));
  expect((await codeOf(extract({ bytes: Buffer.from("x"), mediaType: "text/plain", name: "x" }))).code).toBe(
    "reader_failed",
  );
});
