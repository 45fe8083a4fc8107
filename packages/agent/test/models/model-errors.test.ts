import { BackboneError } from "@vibewriter/backbone";
import { MicroVMError } from "@vibewriter/microvm";
import { AgentError } from "../../src/errors.js";
import { explainModelError } from "../../src/middleware/model-errors.js";

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
    ...{ code: "model_failed", cause },
    message: "anthropic:m refused the key; check that it is right and may use this model, then resume the run.",
  });
});
