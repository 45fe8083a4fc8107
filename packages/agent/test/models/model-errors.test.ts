import { BackboneError } from "@vibewriter/backbone";
import { MicroVMError } from "@vibewriter/microvm";
import { AgentError, rootError } from "../../src/errors.js";
import { explainModelError, mayPass } from "../../src/models/model-errors.js";

it.each([
  new BackboneError("unavailable", "NATS is away."),
  new MicroVMError("connection_lost", "The VM is gone."),
  new AgentError("disk_full", "The disk is full."),
])("what surrounds a model call and fails is not called a failure of the model: %s", (error) => {
  expect(explainModelError("offline", error)).toBe(error);
});

it("a failure of the model says what to do, and keeps the provider's words as its cause", () => {
  const cause = Object.assign(new Error("invalid x-api-key"), { status: 401 });
  expect(explainModelError("anthropic:m", cause)).toMatchObject({
    ...{ code: "bad_key", cause },
    message: "anthropic:m refused the key; check that it is right and may use this model, then resume the run.",
  });
});

it("of failures that came at once, the one that says that the run is somebody else's counts, else the first", () => {
  const [away, lost] = [new BackboneError("unavailable", "NATS is away."), new BackboneError("fenced", "Lost.")];
  expect(rootError(new AggregateError([away, new Error("other")], "Multiple errors"))).toBe(away);
  expect(rootError(new AggregateError([away, lost], "Multiple errors"))).toBe(lost);
});

const BILLING =
  "429 Rate limit reached for gpt-4o in organization org-x on requests per min. Limit: 3 / min. Please try again in 20s. " +
  "You can increase your rate limit by adding a payment method to your account at https://platform.openai.com/account/billing.";
const QUOTA = "429 You exceeded your current quota, please check your plan and billing details.";
const TOO_LARGE = "429 Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000.";

describe("what a provider says is judged by its status before its words", () => {
  it.each([
    ["a rate limit that speaks of billing", BILLING, { status: 429, code: "rate_limit_exceeded" }, "model_busy"],
    ["a rate limit of Gemini's", `${QUOTA} Please retry in 31.5s.`, { status: 429 }, "model_busy"],
    ["an account that is used up", QUOTA, { status: 429, code: "insufficient_quota" }, "no_credit"],
    ["a request that no minute has room for", TOO_LARGE, { status: 429 }, "context_too_long"],
    ["a proxy", "503 delayed connect error: Connection refused", { status: 503 }, "model_busy"],
    ["a gateway", "504 The upstream server took too long to respond", { status: 504 }, "model_busy"],
    ["an outage", "500 Internal error, see our safety page", { status: 500 }, "model_busy"],
    [
      "a server that is not there",
      "connect ECONNREFUSED 127.0.0.1:11434",
      { code: "ECONNREFUSED" },
      "model_unreachable",
    ],
    ["a wrong parameter", "400 Unsupported value: 'temperature' was refused", { status: 400 }, "model_failed"],
    ["a refused prompt", "400 Blocked for safety reasons", { status: 400 }, "content_refused"],
  ])("%s", (_, message, fields, code) => {
    const error = Object.assign(new Error(message), fields);
    expect(explainModelError("m:x", error)).toMatchObject({ code });
    expect(mayPass(error)).toBe(code === "model_busy" || code === "model_unreachable");
  });
});
