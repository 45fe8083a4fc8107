import { AgentCitations } from "../../src/policy/agent-citations.js";
import { Policy } from "../../src/policy/policy.js";

const KEY = "hunter2-hunter2-hunter2";
const asked = { citing: "a", cited: "b", claim: "They pull.", others: 0 };

/** The door under a policy, and what the audit has heard by the time that it opened. */
function door(policy: object) {
  const told: object[] = [];
  let stored = 0;
  const trail = {
    record: (_agent: string, entry: object) => void told.push(entry),
    written: async () => {
      stored = told.length;
    },
  };
  const secrets = {
    find: (bytes: Uint8Array) => (Buffer.from(bytes).includes(KEY) ? { what: "a secret", line: 1 } : undefined),
    screen: (text: string) => text,
  };
  const citations = new AgentCitations({
    ...{ policy: Policy.parse(policy), trail },
    secrets: secrets as unknown as ConstructorParameters<typeof AgentCitations>[0]["secrets"],
  });
  return { citations, told, stored: () => stored };
}

describe("a citation that an agent asks for over MCP", () => {
  it("is made where the policy says nothing, when the audit has it", async () => {
    const { citations, told, stored } = door({});
    await citations.permit(asked);
    expect(told).toMatchObject([
      { kind: "decision", run: "mcp", what: "cite by cite_article: a cites b", outcome: "allowed" },
    ]);
    expect(stored()).toBe(1);
  });

  it.each([
    ["denies it", { cite: "deny" }, 0, "denied"],
    ["has a person asked", { cite: "ask" }, 0, "not_approved"],
    ["has a person asked about one more", { citationsPerRun: 2 }, 2, "not_approved"],
    ["denies one more", { citationsPerRun: 0, cite_over_budget: "deny" }, 0, "denied"],
    [
      "would not ask about one more, which this agent's taint does",
      { citationsPerRun: 0, cite_over_budget: "auto" },
      0,
      "not_approved",
    ],
  ])("is not made where the policy %s, and the audit says so", async (_, policy, others, code) => {
    const { citations, told } = door(policy);
    const message = code === "denied" ? /does not let agents/ : /vibewriter cite a b --claim/;
    await expect(citations.permit({ ...asked, others })).rejects.toMatchObject({ code, message });
    expect(told).toMatchObject([{ kind: "decision", outcome: "denied" }]);
  });

  it.each([{ claim: `They pull ${KEY}.` }, { passage: KEY }])("lets no secret out: %j", async (more) => {
    const { citations, told } = door({});
    await expect(citations.permit({ ...asked, ...more })).rejects.toMatchObject({ code: "secret_found" });
    expect(told).toMatchObject([{ what: "output filter", outcome: "refused" }]);
  });
});
