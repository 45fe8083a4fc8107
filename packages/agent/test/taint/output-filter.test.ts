import { Secrets } from "@vibewriter/backbone";
import type { AuditEntry } from "../../src/audit/entry.js";
import { permit } from "../../src/policy/permit.js";
import { Policy } from "../../src/policy/policy.js";
import type { ApprovalQuestion } from "../../src/runs/record.js";
import { keepSecrets, secretIn } from "../../src/taint/output-filter.js";
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

const tagged = (text: string, tag: string) => text.split("").join(tag);
const hex = (text: string) => Buffer.from(text).toString("hex");
const pairs = (text: string, before: string) => hex(text).replace(/../g, (pair) => `${before}${pair}`);

const DISGUISES: readonly (readonly [string, string])[] = [
  ["as it is", SECRET],
  ["base64", Buffer.from(SECRET).toString("base64")],
  ["base64url", Buffer.from(SECRET).toString("base64url")],
  ["base64 with spaces", tagged(Buffer.from(SECRET).toString("base64"), " ")],
  ["base64 in percent signs", percent(Buffer.from(SECRET).toString("base64"))],
  ["hex digits", hex(SECRET)],
  ["hex digits in capitals", hex(SECRET).toUpperCase()],
  ["hex digits with spaces", pairs(SECRET, " ")],
  ["hex digits in fours", hex(SECRET).replace(/.{4}/g, "$& ")],
  ["hex digits with colons", pairs(SECRET, ":")],
  ["hex digits of a programmer", pairs(SECRET, ", 0x")],
  ["hex digits of a string", pairs(SECRET, "\\x")],
  ["full-width hex digits", wide(hex(SECRET))],
  ["percent signs", percent(SECRET)],
  ["percent signs twice", encodeURIComponent(percent(SECRET))],
  ["percent signs with spaces", tagged(percent(SECRET), " ")],
  ["spaces in percent signs", SECRET.replace(/./g, "%20$&")],
  ["full-width letters", wide(SECRET)],
  ["full-width letters in percent signs", encodeURIComponent(wide(SECRET))],
  ["spaces", tagged(SECRET, " ")],
  ["line ends", tagged(SECRET, "\n")],
  ["zero-width spaces", tagged(SECRET, "\u200b")],
  ["zero-width spaces in percent signs", SECRET.replace(/./g, "%E2%80%8B$&")],
  ["backslashes", SECRET.replaceAll("-", "\\-")],
  ["an entity", SECRET.replaceAll("-", "&#45;")],
  ["an entity with a name", SECRET.replaceAll("-", "&hyphen;")],
  ["entities in hex digits", [...SECRET].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join("")],
  ["emphasis", tagged(SECRET, "**")],
  ["HTML", tagged(SECRET, '<b class="x">').replace(/$/, "</b>")],
  ["backslashes in hex digits", hex(SECRET).replace(/../g, "$&\\-")],
  ["a tag's characters between", tagged(SECRET, "\u{e0041}")],
];
const KEYS: typeof DISGUISES = [
  ["a key of nobody's", KEY],
  ["a key of nobody's in hex digits", hex(KEY)],
  ["a key of nobody's in base64", Buffer.from(KEY).toString("base64")],
];
/** Letters that are digits of a disguise, and letters that are none; in a word, behind a space, in an address. */
const LEAD_INS = [
  "",
  "a",
  "7f",
  "e7a",
  "x",
  "xy",
  "x-y",
  "%",
  "%4",
  "0x",
  " ",
  "value ",
  "bad a",
  "https://x/",
  "https://x/a",
];

describe("a secret at a door", () => {
  it.each([...DISGUISES, ...KEYS])("is refused, told and not repeated: %s", (_, hidden) => {
    told.length = 0;
    const letting = () => keepSecrets(context, "address", `https://a.example/?q=${hidden}&n=1`);
    expect(letting).toThrow(expect.objectContaining({ name: "Refusal", code: "secret_found" }));
    expect(letting).not.toThrow(SECRET);
    expect(told[0]).toMatchObject({ kind: "decision", what: "output filter", outcome: "refused" });
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });

  it.each(DISGUISES)("is found behind whatever stands before it: %s", (_, hidden) => {
    const missed = LEAD_INS.filter((before) => secretIn(secrets, `${before}${hidden}`) === undefined);
    expect(missed).toEqual([]);
  });

  it("is found at the end of half a megabyte, in time that grows with them and no faster", () => {
    for (const unit of ["a7", "word ", "%4", "AKIA ", ".eyJ", "T3BlbkFJ", "  ", "0x0", "\u200b%"]) {
      const before = unit.repeat(500_000 / unit.length);
      const started = performance.now();
      expect(secretIn(secrets, `${before}${hex(SECRET)}`), unit).toBeDefined();
      expect(performance.now() - started, unit).toBeLessThan(5_000);
    }
  });

  it("is found with signs of its own that emphasis has, too", () => {
    using _other = secrets.register("other", "zq_7-hunter*2-pass_word");
    for (const shown of ["zq_7&#45;hunter*2-pass_word", "zq\\_7\\-hunter\\*2-pass\\_word"]) {
      expect(secretIn(secrets, `# T\n\nIt is ${shown}.`)?.what, shown).toBe("the secret other");
    }
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
