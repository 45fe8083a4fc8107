import { Secrets } from "@vibewriter/backbone";
import { defaultModel, openModel, resolveModel } from "../../src/models/model.js";
import { keepOut } from "../../src/runs/key-ring.js";

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

  it("says which variable of an endpoint is missing, and what its models are called", () => {
    const unset = expect.objectContaining({
      code: "missing_key",
      message: expect.stringContaining("VIBEWRITER_ENDPOINT_HOME_URL"),
    });
    expect(() => resolveModel("compatible:home:llama", {})).toThrow(unset);
    expect(resolveModel("compatible:home:llama", { VIBEWRITER_ENDPOINT_HOME_URL: "http://x" })).toMatch(/home/);
    for (const name of ["compatible:home", "compatible:Home:x", "compatible::x", "compatible:home:"])
      expect(() => resolveModel(name, {})).toThrow(expect.objectContaining({ code: "unknown_model" }));
  });

  it("refuses what it does not know", () => {
    for (const name of ["claude", "acme:model", "openai:", ":x", "__proto__:x", "constructor:x"]) {
      expect(() => resolveModel(name, {})).toThrow(expect.objectContaining({ code: "unknown_model" }));
    }
  });

  it.each([
    ["OLLAMA_BASE_URL", "ollama:qwen3", "http://me:hunter-2%21@home.example:11434"],
    ["OLLAMA_HOST", "ollama:qwen3", "me:hunter-2%21@home.example"],
    ["VIBEWRITER_ENDPOINT_OWN_URL", "compatible:own:x", "https://hunter-2%21@home.example/v1"],
    ["SEARXNG_URL", "ollama:qwen3", "https://me:hunter-2%21@home.example"],
  ])("refuses a password in %s, and keeps it out of what is stored all the same", async (variable, model, address) => {
    const env = { [variable]: address };
    const refused = { code: "invalid_request", message: expect.stringMatching(new RegExp(`^${variable} has a user`)) };
    await expect(openModel(model, env)).rejects.toMatchObject(refused);
    await expect(openModel(model, env)).rejects.not.toThrow("hunter");
    const secrets = new Secrets();
    using _kept = keepOut(secrets, env);
    const basic = Buffer.from("me:hunter-2!").toString("base64");
    const stored = secrets.screen(`fetch failed: ${address}, hunter-2!, authorization: Basic ${basic}`);
    expect(stored).not.toMatch(/hunter/);
    expect(stored).not.toContain(basic);
    expect(() => resolveModel(model, { ...env, [variable]: "http://home.example/~me%40home" })).not.toThrow(
      "has a user",
    );
  });

  it.each([
    "http:/me:hunter-2@home.example",
    "http:///me:hunter-2@home.example",
    "http:\\\\me:hunter-2@home.example",
    "http:me:hunter-2@home.example",
    "ht\ntp:/\t/me:hunter-2@home.example",
    "http://me:hunter/2@home.example",
    "http://me:hunter#2@home.example",
    "http://me:hunter?2@home.example",
    "http://me:80/hunter@2@home.example",
  ])("refuses the password in %j, which clients or persons read as one, whatever the model", (address) => {
    const env = { RUNLOOP_BASE_URL: address };
    expect(() => resolveModel("offline", env)).toThrow("RUNLOOP_BASE_URL has a user");
    const secrets = new Secrets();
    using _kept = keepOut(secrets, env);
    const password = /hunter.2|80.hunter@2/.exec(address)?.[0] ?? "";
    expect(secrets.screen(`it was ${password}.`)).not.toContain("hunter");
  });

  it("opens each provider", async () => {
    const url = "http://127.0.0.1:9/v1";
    const env = { ANTHROPIC_API_KEY: "k", OPENAI_API_KEY: "k", GOOGLE_API_KEY: "k", VIBEWRITER_ENDPOINT_HOME_URL: url };
    expect((await openModel("anthropic:claude-sonnet-4-6", env))._llmType()).toBe("anthropic");
    expect((await openModel("openai:gpt-5.1", env))._llmType()).toBe("openai");
    expect((await openModel("ollama:qwen3:8b", env))._llmType()).toBe("ollama");
    expect((await openModel("google:gemini-2.5-pro", env))._llmType()).toBe("google");
    expect((await openModel("compatible:home:llama-3.3-70b", env))._llmType()).toBe("openai");
    expect((await openModel("offline", env))._llmType()).toBe("offline");
  });
});
