import { Account } from "../../src/gateway/account.js";
import { boundedAudit } from "../../src/gateway/audit.js";
import { TokenBucket } from "../../src/gateway/bucket.js";
import { Refusal } from "../../src/gateway/refusal.js";
import { Tokens, tokenMs } from "../../src/gateway/tokens.js";
import type { AuditRecord } from "../../src/index.js";

const codeOf = (fn: () => unknown) => {
  try {
    return fn();
  } catch (error) {
    return error instanceof Refusal ? error.code : error;
  }
};

const nobody = () => undefined;

describe("a bucket", () => {
  it("gives its burst, then its rate, and never more than its burst", () => {
    let now = 0;
    const bucket = new TokenBucket({ perSecond: 10, burst: 5, now: () => now });
    expect(Array.from({ length: 7 }, () => bucket.tryTake())).toEqual([true, true, true, true, true, false, false]);
    now = 250;
    expect([bucket.tryTake(), bucket.tryTake(), bucket.tryTake()]).toEqual([true, true, false]);
    now = 60_000;
    expect(Array.from({ length: 6 }, () => bucket.tryTake())).toEqual([true, true, true, true, true, false]);
  });

  it("says how long to wait for what is taken on credit", () => {
    let now = 0;
    const bucket = new TokenBucket({ perSecond: 1_000, burst: 1_000, now: () => now });
    expect([bucket.take(1_000), bucket.take(500), bucket.take(500)]).toEqual([0, 500, 1_000]);
    now = 1_000;
    expect(bucket.take(250)).toBe(250);
  });
});

describe("the account of a VM", () => {
  it("counts requests, and bytes up to all it may have, over its sessions", () => {
    const policy = { allow: [], requestsPerMinute: 3, maxBytes: 1_000 };
    const account = new Account(policy, nobody);
    account.countRequest();
    account.countRequest();
    account.policy = { ...policy };
    account.countRequest();
    expect(codeOf(() => account.countRequest())).toBe("too_many_requests");
    expect(account.countBytes(900)).toBe(0);
    account.policy = { ...policy };
    expect(codeOf(() => account.countBytes(101))).toBe("byte_limit");
  });

  it("bounds the names under wildcards, not those that are named", () => {
    const account = new Account({ allow: [] }, nobody);
    const wildcard = { host: "*.example.com" };
    let passed = 0;
    for (let n = 0; n < 200; n++) {
      if (codeOf(() => account.countName(`n${n}.example.com`, wildcard)) === undefined) passed++;
    }
    expect(passed).toBe(60);
    expect(codeOf(() => account.countName("n0.example.com", wildcard))).toBeUndefined();
    expect(codeOf(() => account.countName("one.example.net", { host: "one.example.net" }))).toBeUndefined();
    const fresh = new Account({ allow: [] }, nobody);
    const message = "a-whole-sentence.of-what-was-read.cut-into-labels.and-sent-as-a-name.example.com";
    expect(codeOf(() => fresh.countName(message, wildcard))).toBe("too_many_names");
  });
});

describe("the audit of a VM", () => {
  it("cannot be flooded with what costs the VM nothing; what does cost is always there", () => {
    const records: AuditRecord[] = [];
    const audit = boundedAudit((record) => records.push(record));
    const record = (change: Partial<AuditRecord>): AuditRecord => ({
      ...{ time: "", vm: "vm", door: "proxy", outcome: "refused", bytesUp: 0, bytesDown: 0, durationMs: 0 },
      ...change,
    });
    for (let n = 0; n < 5_000; n++) audit(record({ reason: "too_many_requests" }));
    expect(records).toHaveLength(60);
    audit(record({ reason: "not_allowed" }));
    audit(record({ outcome: "allowed" }));
    expect(records.slice(60)).toMatchObject([{ reason: "not_allowed", unrecorded: 4_940 }, { outcome: "allowed" }]);
    expect(records.at(-1)).not.toHaveProperty("unrecorded");
  });
});

describe("tokens", () => {
  it("are random, good for ten minutes, and for a moment after the next one", () => {
    let now = 0;
    const [tokens, others] = [new Tokens(() => now), new Tokens(() => now)];
    const first = tokens.mint();
    expect([tokens.isCurrent(first), tokens.isCurrent(""), tokens.isCurrent(`${first}x`)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(others.isCurrent(first)).toBe(false);
    expect(others.mint()).not.toBe(first);
    now = tokenMs - 1;
    expect(tokens.isCurrent(first)).toBe(true);
    const second = tokens.mint();
    now += 20_000;
    // The first one's own ten minutes are over.
    expect([tokens.isCurrent(first), tokens.isCurrent(second)]).toEqual([false, true]);
    const third = tokens.mint();
    expect([tokens.isCurrent(second), tokens.isCurrent(third)]).toEqual([true, true]);
    now += 30_001;
    expect([tokens.isCurrent(second), tokens.isCurrent(third)]).toEqual([false, true]);
    now += tokenMs;
    expect(tokens.isCurrent(third)).toBe(false);
  });
});
