import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EvidenceError } from "@vibewriter/evidence";
import { textRoutes } from "../src/routes/texts.js";

describe("/v1/texts", () => {
  it("hands a document's bytes to the reader, and out what it makes of them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vw-texts-"));
    const path = join(folder, "a.pdf");
    await writeFile(path, "%PDF-1.7 of caps");
    const failures: unknown[] = [];
    const app = textRoutes(() => async ({ bytes, mediaType, name }) => {
      if (name === "file:bad.pdf") throw new EvidenceError("unreadable", "It is damaged.");
      return { title: mediaType, text: new TextDecoder().decode(bytes), author: "not asked for" };
    });
    app.onError((error, c) => {
      failures.push("code" in error ? error.code : error.message);
      return c.json({}, 400);
    });
    const read = (body: unknown) =>
      app.request("/", { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    const document = { path, mediaType: "application/pdf", name: "file:a.pdf" };
    expect(await (await read(document)).json()).toEqual({ title: "application/pdf", text: "%PDF-1.7 of caps" });
    await read({ ...document, name: "file:bad.pdf" });
    await read({ ...document, path: "a.pdf" });
    await read({ ...document, path: join(folder, "nowhere.pdf") });
    expect(failures).toEqual(["unreadable", "bad_request", "missing"]);
    await rm(folder, { recursive: true });
  });
});
