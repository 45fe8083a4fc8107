import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LedgerStore } from "../../src/ledger/store.js";

test("a file that is none is made again; a message that is no posting is named, and nothing is posted on top of it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vw-ledger-"));
  const path = join(folder, "ledger.sqlite");
  await writeFile(path, "this is no database, and longer than a header of one hundred bytes ".repeat(20));
  const store = new LedgerStore();
  try {
    store.open(path);
    const nonsense = [{ seq: 1, payload: { key: "x", kind: "gift" } }];
    expect(() => store.follow(nonsense)).toThrow(expect.objectContaining({ code: "ledger_differs" }));
    store.beginAudit();
    store.auditPostings(nonsense);
    expect(store.endAudit().difference).toMatch(/^The posting at 1 of the ledger cannot be read: kind /);
    expect(store.accounts()).toEqual([]);
  } finally {
    store.close();
    await rm(folder, { recursive: true });
  }
});
