import { Exporter } from "../../src/exports/exporter.js";
import { built } from "../support/built.js";
import { exported } from "./exported.js";

/** Lines of which the parser makes a paragraph each, of 2 MiB: some seconds of work on any machine. */
const ENDLESS = exported(`# Spring tides\n\n${"a\n\n".repeat(690_000)}`);
const SHORT = exported("# Spring tides\n\nThe moon pulls.");

describe("what an export may take", () => {
  beforeAll(built);

  it.each([
    ["time", { seconds: 1 }, "it takes more than 1 s"],
    ["memory", { memory: 48 }, "its thread ended"],
  ])("is limited in %s; the next one is not held up", async (_what, limits, said) => {
    await using exporter = new Exporter(limits);
    const [endless, short] = await Promise.allSettled([
      exporter.render(ENDLESS, "html"),
      exporter.render(SHORT, "bibtex"),
    ]);
    expect(endless).toMatchObject({
      reason: {
        code: "export_failed",
        message: expect.stringMatching(new RegExp(`^Article a+ could not be .* as html \\(${said}.*take its Markdown`)),
      },
    });
    expect(short).toMatchObject({ status: "fulfilled" });
  });

  it("is limited in the size of the file", async () => {
    await using exporter = new Exporter({ size: 0.001 });
    await expect(exporter.render(exported("word ".repeat(300)), "html")).rejects.toMatchObject({
      code: "export_failed",
      message: expect.stringMatching(/it would have 0\.\d MiB and may have 0\.001/),
    });
    await expect(exporter.render(SHORT, "bibtex")).resolves.toBeInstanceOf(Uint8Array);
  });

  it("ends when the knowledge base is closed", async () => {
    const exporter = new Exporter();
    const [under, next] = [exporter.render(ENDLESS, "html"), exporter.render(SHORT, "bibtex")];
    const settled = Promise.allSettled([under, next]);
    await new Promise((resolve) => setImmediate(resolve));
    await exporter[Symbol.asyncDispose]();
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(exporter.render(SHORT, "bibtex")).rejects.toMatchObject({ code: "closed" });
  });
});
