import { BackboneError } from "@vibewriter/backbone";
import { MicroVMError } from "@vibewriter/microvm";
import { AgentError, rootError } from "../../src/errors.js";
import { explainModelError } from "../../src/models/model-errors.js";

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
