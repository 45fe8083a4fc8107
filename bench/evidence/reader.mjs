import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ReaderVM } from "../../packages/agent/dist/reader.js";
import { readerTemplate } from "../../packages/agent/dist/templates.js";
import { repeat, row, timed } from "../measure.mjs";
import { openBench } from "../vm/home.mjs";
import { longHtml, longPdf } from "./documents.mjs";

const BAR = { atMost: 120 };
const TIMES = 3;

/** The slowest of some readings of large documents, in the reader VM as it is in production. */
export async function readerRows() {
  const bench = await openBench();
  try {
    const { layer } = JSON.parse(
      await readFile(join(process.env.VIBEWRITER_HOME ?? join(homedir(), ".vibewriter"), "setup.json"), "utf8"),
    );
    const template = readerTemplate({ layer: layer.path });
    const reader = new ReaderVM(bench.vms, template);
    try {
      // The template is built once on a machine; its time is not a document's.
      await reader.extract({ bytes: Buffer.from("Ready."), mediaType: "text/plain", name: "ready.txt" });
      const pdf = {
        bytes: await longPdf(300),
        mediaType: "application/pdf",
        name: "long.pdf",
        marker: "the marker value is 11100.",
      };
      const html = {
        bytes: longHtml(10 * 1024 * 1024),
        mediaType: "text/html",
        name: "long.html",
        // As far as a text is kept, which is 2.5 million characters of the nine of this page.
        marker: "The marker of chapter 600 is 24600.",
      };
      return [
        row("reader.memory", template.memoryMiB, "MiB", { atMost: 512 }),
        row("reader.pdf_300_pages", await slowest(reader, pdf), "s", BAR),
        row("reader.html_10_mib", await slowest(reader, html), "s", BAR),
      ];
    } finally {
      await reader[Symbol.asyncDispose]();
    }
  } finally {
    await bench.close();
  }
}

async function slowest(reader, { marker, ...document }) {
  const times = await repeat(TIMES, () =>
    timed(async () => {
      const { text } = await reader.extract(document);
      if (!text.includes(marker)) throw new Error(`${document.name}: the text is not whole.`);
    }),
  );
  console.error(`${document.name}: ${times.map((ms) => Math.round(ms)).join(", ")} ms`);
  return Math.max(...times) / 1000;
}
