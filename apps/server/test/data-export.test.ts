import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentData } from "@vibewriter/agent/host";
import { HomeData } from "../src/data/home-data.js";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "vw-data-"));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

/** A home whose agents have two files; before the second one something happens. */
function homeWith(between: () => void): HomeData {
  const data: Pick<AgentData, "assertErasable" | "export" | "erase"> = {
    assertErasable: async () => undefined,
    async *export(_agent, { onClosed } = {}) {
      onClosed?.(3);
      yield { path: "runs/a/run.json", content: once("{}") };
      between();
      yield { path: "memory.jsonl", content: once("{}\n") };
    },
    erase: () => Promise.reject(new Error("Nothing is erased here.")),
  };
  const vms = { list: () => ({ vms: [], weaknesses: [] }), destroy: () => Promise.reject(new Error("No VM.")) };
  return new HomeData({ data, vms });
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

describe("an export of what is kept of an agent", () => {
  it("is a new folder with all of it", async () => {
    const folder = join(home, "new", "out");
    const data = homeWith(() => undefined);
    expect(await data.export("main", folder, new AbortController().signal)).toEqual({
      folder,
      files: 2,
      bytes: 5,
      closed: 3,
    });
    expect(await readFile(join(folder, "memory.jsonl"), "utf8")).toBe("{}\n");
    const again = data.export("main", folder, new AbortController().signal);
    await expect(again).rejects.toMatchObject({ code: "exists" });
    expect(await readdir(folder)).toEqual(["memory.jsonl", "runs"]);
  });

  it("leaves nothing where it is cut off, or fails in the middle", async () => {
    const folder = join(home, "out");
    const cut = new AbortController();
    const stopped = homeWith(() => cut.abort()).export("main", folder, cut.signal);
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    const failed = homeWith(() => {
      throw new Error("The store is gone.");
    }).export("main", folder, new AbortController().signal);
    await expect(failed).rejects.toThrow("The store is gone.");
    expect(await readdir(home)).toEqual([]);
  });
});
