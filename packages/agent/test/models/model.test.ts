import { defaultModel, openModel, resolveModel } from "../../src/models/model.js";

describe("models by name", () => {
  it("takes the model whose key is set, else the offline one", () => {
    expect(defaultModel({})).toBe("offline");
    expect(defaultModel({ OPENAI_API_KEY: "k" })).toMatch(/^openai:/);
    expect(defaultModel({ OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k" })).toBe("anthropic:claude-sonnet-4-6");
    expect(resolveModel(undefined, {})).toBe("offline");
  });

  it("names the variable that is missing", () => {
    for (const [name, variable] of [
      ["anthropic:claude-sonnet-4-6", "ANTHROPIC_API_KEY"],
      ["openai:gpt-5.1", "OPENAI_API_KEY"],
    ] as const) {
      expect(() => resolveModel(name, {})).toThrow(
        expect.objectContaining({ code: "missing_key", message: expect.stringContaining(variable) }),
      );
    }
  });

  it("refuses what it does not know", () => {
    for (const name of ["claude", "acme:model", "openai:", ":x", "__proto__:x", "constructor:x"]) {
      expect(() => resolveModel(name, {})).toThrow(expect.objectContaining({ code: "unknown_model" }));
    }
  });

  it("opens each provider", async () => {
    const env = { ANTHROPIC_API_KEY: "k", OPENAI_API_KEY: "k" };
    expect((await openModel("anthropic:claude-sonnet-4-6", env))._llmType()).toBe("anthropic");
    expect((await openModel("openai:gpt-5.1", env))._llmType()).toBe("openai");
    expect((await openModel("ollama:qwen3:8b", env))._llmType()).toBe("ollama");
    expect((await openModel("offline", env))._llmType()).toBe("offline");
  });
});
