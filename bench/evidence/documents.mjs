import PDFDocument from "pdfkit";

const WORDS =
  "the of market report deposits protocol yield liquidity interest supply borrowed risk audit contract price pool reserve monthly average rate lending collateral value measured increase decline survey analysis treasury governance treatment regional annual baseline threshold confidence observed participants capital requirement implementation".split(
    " ",
  );
const CHARS_A_PAGE = 4_600;

/** The same numbers every time. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function sentence(next) {
  const count = 8 + Math.floor(next() * 16);
  const words = Array.from({ length: count }, () => WORDS[Math.floor(next() * WORDS.length)]);
  if (next() < 0.4) words.splice(3, 0, `${(next() * 90).toFixed(1)}%`);
  if (next() < 0.3) words.splice(5, 0, `$${(next() * 900).toFixed(2)} million`);
  const text = words.join(" ");
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

function paragraph(next, sentences = 4) {
  return Array.from({ length: sentences }, () => sentence(next)).join(" ");
}

/** A report of so many pages as a person would get it: fonts of several kinds, headings, two columns, tables, headers with page numbers. */
export async function longPdf(pages) {
  const next = random(7);
  const pdf = new PDFDocument({
    autoFirstPage: false,
    size: "A4",
    margin: 60,
    info: { Title: "A long report", Author: "The bench" },
  });
  const parts = [];
  pdf.on("data", (part) => parts.push(part));
  const ended = new Promise((resolve) => pdf.on("end", resolve));
  for (let page = 1; page <= pages; page++) {
    pdf.addPage();
    pdf
      .font("Helvetica")
      .fontSize(8)
      .text("A long report, 2026", 60, 30, { lineBreak: false })
      .text(String(page), 520, 30, { lineBreak: false });
    pdf.font("Helvetica-Bold").fontSize(14).text(`Section ${page}: measured values`, 60, 60);
    pdf
      .font("Times-Roman")
      .fontSize(10)
      .text(`${paragraph(next, 3)} Page ${page} says that the marker value is ${page * 37}.`, { width: 475 });
    if (page % 3 === 0) table(pdf, next, page);
    const rest = CHARS_A_PAGE - (page % 3 === 0 ? 2_300 : 700);
    const text = [];
    for (let length = 0; length < rest; length += text.at(-1).length) text.push(paragraph(next, 3));
    pdf
      .font("Times-Roman")
      .fontSize(9)
      .text(text.join("\n"), 60, pdf.y + 12, {
        columns: 2,
        columnGap: 18,
        width: 475,
        height: 760 - pdf.y,
        align: "justify",
      });
  }
  pdf.end();
  await ended;
  return Buffer.concat(parts);
}

function table(pdf, next, page) {
  pdf.moveDown();
  for (let row = 0; row <= 12; row++) {
    const y = pdf.y;
    const cells =
      row === 0
        ? ["Position", "Deposits", "Yield", "Change"]
        : [
            `Pool ${page}-${row}`,
            (next() * 1e6).toFixed(0),
            `${(next() * 9).toFixed(2)}%`,
            `${(next() * 4 - 2).toFixed(2)}`,
          ];
    pdf.font(row === 0 ? "Courier-Bold" : "Courier").fontSize(9);
    for (const [i, cell] of cells.entries()) pdf.text(cell, 60 + i * 120, y, { lineBreak: false });
    pdf.text("", 60, y + 13);
  }
}

/** A page of so many bytes: chapters with paragraphs, links, lists, tables and code, between menus and scripts. */
export function longHtml(bytes) {
  const next = random(11);
  const head =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A long page</title><meta name="author" content="The bench">' +
    `<script>${"var tracking = 1;".repeat(500)}</script></head><body><nav><ul><li><a href="/">Home</a></li></ul></nav><main>`;
  const parts = [head];
  for (let length = head.length, chapter = 1; length < bytes; chapter++) {
    const part = `<section id="c${chapter}"><h2>Chapter ${chapter}</h2><p>The marker of chapter ${chapter} is ${chapter * 41}.</p>${Array.from(
      { length: 6 },
      () =>
        `<p class="body">${paragraph(next)} <a href="/c/${chapter}?ref=${chapter}">See <em>more</em></a> &amp; &ldquo;notes&rdquo;.</p>`,
    ).join(
      "\n",
    )}<ul>${`<li>${sentence(next)}</li>`.repeat(4)}</ul><table><tr><th>Pool</th><th>Yield</th></tr>${Array.from(
      { length: 5 },
      (_, i) => `<tr><td>Pool ${i}</td><td>${(next() * 9).toFixed(2)}%</td></tr>`,
    ).join("")}</table><pre><code>const x = ${chapter};\nprint(x);</code></pre></section>\n`;
    parts.push(part);
    length += part.length;
  }
  parts.push("</main><footer>All rights</footer></body></html>");
  return Buffer.from(parts.join(""));
}
