import { Secrets } from "@vibewriter/backbone";
import type { AuditEntry } from "../../src/audit/entry.js";
import { permit } from "../../src/policy/permit.js";
import { Policy } from "../../src/policy/policy.js";
import type { ApprovalQuestion } from "../../src/runs/record.js";
import { keepSecrets } from "../../src/taint/output-filter.js";
import { checkQuery } from "../../src/taint/search-query.js";

const SECRET = "canary-4f1d9b7e2a6c8035";
const KEY = ["sk-ant", "api03", "x".repeat(90)].join("-");

const secrets = new Secrets();
secrets.register("canary", SECRET);
const told: AuditEntry[] = [];
const context = {
  secrets,
  audit: { record: (entry: AuditEntry) => void told.push(entry), written: async () => undefined },
};

const wide = (text: string) => [...text].map((c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0)).join("");
const percent = (text: string) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");

describe("a secret at a door", () => {
  it.each([
    ["as it is", SECRET],
    ["a key of nobody's", KEY],
    ["base64", Buffer.from(SECRET).toString("base64")],
    ["hex digits", Buffer.from(SECRET).toString("hex")],
    ["percent signs", percent(SECRET)],
    ["percent signs twice", encodeURIComponent(percent(SECRET))],
    ["full-width letters", wide(SECRET)],
    ["spaces", SECRET.split("").join(" ")],
    ["zero-width spaces", SECRET.split("").join("\u200b")],
    ["a tag's characters between", SECRET.split("").join("\u{e0041}")],
  ])("is refused, told and not repeated: %s", (_, hidden) => {
    told.length = 0;
    const letting = () => keepSecrets(context, "address", `https://a.example/?q=${hidden}&n=1`);
    expect(letting).toThrow(expect.objectContaining({ name: "Refusal", code: "secret_found" }));
    expect(letting).not.toThrow(SECRET);
    expect(told[0]).toMatchObject({ kind: "decision", what: "output filter", outcome: "refused" });
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });

  it("lets everything else out", () => {
    for (const text of [
      "",
      "bees in cities",
      "50 % of 100%",
      `sha256 ${"ab".repeat(32)}`,
      "https://a.example/%E2%82%AC",
    ]) {
      expect(() => keepSecrets(context, "address", text)).not.toThrow();
    }
  });
});

it.each([
  ["what it is called with", { args: { article_id: KEY } }],
  ["what that names, such as the title that another author has given", { names: { title: `How to use ${KEY}` } }],
  ["its words", { question: `Cite “${KEY}”?` }],
  ["what is shown beside it", { about: { title: KEY } }],
])("a question with a key in %s is not put, since what is kept of it could never be answered", async (_, part) => {
  const asked: unknown[] = [];
  const door = {
    ...{ ...context, runId: "r", scope: "r", policy: Policy.parse({ cite: "ask" }) },
    taint: { of: async () => [], saw: () => undefined },
    fence: { check: async () => undefined },
    approvals: {
      claim: async () => ({ state: "unanswered" as const }),
      ask: async (_effect: unknown, question: Omit<ApprovalQuestion, "expiresAt">) => question,
      isAllowed: async () => false,
    },
  };
  const effect = { operation: "cite" as const, tool: "cite_article", args: {}, effectKey: "cite:a", question: "Cite?" };
  await expect(permit(door, { ...effect, ...part }, (question) => void asked.push(question))).rejects.toMatchObject({
    code: "secret_found",
    message: expect.not.stringContaining(KEY),
  });
  expect(asked).toEqual([]);
  await expect(permit(door, effect, (question) => void asked.push(question))).rejects.toMatchObject({
    code: "not_approved",
  });
  expect(asked).toHaveLength(2);
});

test("a query is short and made of words", () => {
  expect(() => checkQuery(context, "What do bees in cities live on, and where? 日本語")).not.toThrow();
  expect(() => checkQuery(context, "bees ".repeat(61))).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  expect(() => checkQuery(context, `bees ${"a1".repeat(33)}`)).toThrow(
    expect.objectContaining({ code: "invalid_argument" }),
  );
  expect(() => checkQuery(context, SECRET)).toThrow(expect.objectContaining({ code: "secret_found" }));
});
