import { Secrets } from "@vibewriter/backbone";
import { Policy } from "../../src/policy/policy.js";
import { type AddressContext, addressesIn, mayRead } from "../../src/taint/addresses.js";
import { forProgram } from "../../src/taint/taint.js";
import { noAudit } from "../support/no-audit.js";

const NEW = "https://a.example/page?told=all";

/** What reading an address rests on, where a person has answered so. */
function contextOf(o: { known?: string[]; isThere: boolean; answer: "granted" | "rejected" | "unanswered" }) {
  const allowed: string[] = [];
  const asked: string[] = [];
  const context: AddressContext = {
    ...{ runId: "r", scope: "r", secrets: new Secrets(), policy: Policy.parse({}), audit: noAudit },
    taint: { of: async () => [], saw: () => undefined },
    fence: { check: async () => undefined },
    person: { isThere: async () => o.isThere },
    sources: {
      isKnown: async (address) => o.known?.includes(address) ?? false,
      allow: async (address) => void allowed.push(address),
    },
    approvals: {
      isAllowed: async () => false,
      claim: async () => (o.answer === "rejected" ? { state: o.answer, message: "no" } : { state: o.answer }),
      ask: async (_, question) => {
        asked.push(question.question);
        return { ...question, expiresAt: "2100-01-01T00:00:00.000Z" };
      },
    },
  };
  return { context, allowed, asked };
}

describe("an address", () => {
  it("that a search found or a person wrote is read, and what is no address is left to whoever reads", async () => {
    const { context, asked } = contextOf({ known: [NEW], isThere: true, answer: "unanswered" });
    await mayRead(context, NEW);
    await mayRead(context, "S1");
    expect(asked).toEqual([]);
    expect(addressesIn(`Read ${NEW}, (https://b.example/x). And <http://c.example>!`)).toEqual([
      NEW,
      "https://b.example/x",
      "http://c.example",
    ]);
  });

  it("of a model's own making is asked about, and read from then on if a person says so", async () => {
    const waiting = contextOf({ isThere: true, answer: "unanswered" });
    await expect(mayRead(waiting.context, NEW)).rejects.toMatchObject({ name: "Refusal" });
    expect(waiting.asked).toEqual([`Read ${NEW}, which no search of this run has found?`]);
    const rejected = contextOf({ isThere: true, answer: "rejected" });
    await expect(mayRead(rejected.context, NEW)).rejects.toMatchObject({ code: "rejected" });
    const granted = contextOf({ isThere: true, answer: "granted" });
    await mayRead(granted.context, NEW);
    expect([waiting.allowed, rejected.allowed, granted.allowed]).toEqual([[], [], [NEW]]);
  });

  it("that a program names puts no question to a person; what a person has allowed, it reads", async () => {
    const waiting = contextOf({ isThere: true, answer: "unanswered" });
    const reading = forProgram(() => mayRead(waiting.context, NEW));
    await expect(reading).rejects.toMatchObject({
      code: "not_approved",
      message: expect.stringContaining("a program cannot"),
    });
    const granted = contextOf({ isThere: true, answer: "granted" });
    await forProgram(() => mayRead(granted.context, NEW));
    expect([waiting.asked, waiting.allowed, granted.asked, granted.allowed]).toEqual([[], [], [], [NEW]]);
  });

  it("is not asked about where nobody is there: no page brings a run to a halt", async () => {
    const { context, asked, allowed } = contextOf({ isThere: false, answer: "unanswered" });
    await mayRead(context, NEW);
    expect([asked, allowed]).toEqual([[], []]);
  });
});
