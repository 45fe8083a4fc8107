import { extractorFromService } from "../../src/index.js";
import { startReader, type TestReader } from "../support/reader.js";

let reader: TestReader;
beforeAll(async () => {
  reader = await startReader({ deadlineMs: 15_000 });
}, 60_000);
afterAll(async () => reader[Symbol.asyncDispose]());

const read = (content: string, mediaType: string) =>
  extractorFromService((request) => reader.call(request))({ bytes: Buffer.from(content), mediaType, name: "a" });

const pdf = (pages: string): string =>
  `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n${pages}\ntrailer<</Root 1 0 R>>\n`;

describe("a document that is made to hurt", () => {
  test.each([
    ["elements nested 100,000 deep", "<div>".repeat(100_000), "text/html", "unreadable"],
    [
      "a PDF whose page tree is a ring",
      pdf("2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj"),
      "application/pdf",
      "no_text",
    ],
    [
      "a PDF of 100,000 pages that are not there",
      pdf("2 0 obj<</Type/Pages/Kids[3 0 R]/Count 100000>>endobj"),
      "application/pdf",
      "no_text",
    ],
  ])("%s is refused in a sentence, and the next document is read", async (_, content, mediaType, code) => {
    await expect(read(content, mediaType)).rejects.toMatchObject({ code });
    expect((await read("Next.", "text/plain")).text).toBe("Next.");
  });

  test.each([
    ["tables in tables", `${"<table><tr><td>".repeat(2_000)}seen`, "seen"],
    ["a flood of entities", `<p>${"&amp;".repeat(500_000)} seen</p>`, "seen"],
    [
      "a cell that spans everything",
      '<table><tr><td rowspan="99999999" colspan="99999999">seen</td></tr></table>',
      "seen",
    ],
  ])("%s is read", async (_, content, expected) => {
    expect((await read(content, "text/html")).text).toContain(expected);
  });
});
