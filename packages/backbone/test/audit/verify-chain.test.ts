import type { Anchor } from "../../src/audit/anchor.js";
import { verifyChain } from "../../src/audit/verify-chain.js";

test("more anchors than a call has arguments are held against a chain", async () => {
  const at = "2026-01-01T00:00:00.000Z";
  const anchors = Array.from(
    { length: 150_000 },
    (_, i): Anchor => ({ v: 1, agent: "main", seq: i + 1, hash: "0", at, host: "here", publicKey: "", signature: "" }),
  );
  const report = await verifyChain([], { agent: "main", anchors, isFull: false });
  expect(report.broken).toMatchObject({ kind: "signature", record: 1 });
});
