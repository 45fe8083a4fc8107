import { classesIn, classOf } from "../../src/models/model.js";
import { placeFor } from "../../src/runs/placement.js";

/** A pool whose workers have these environments. */
const poolOf = (...envs: Record<string, string>[]) => ({
  serves: (class_: string) => envs.some((env) => classesIn(env).includes(class_)),
});
const HOME = { VIBEWRITER_ENDPOINT_HOME_URL: "http://home.example/v1" };
const GROQ = { VIBEWRITER_ENDPOINT_GROQ_URL: "https://groq.example/v1", VIBEWRITER_ENDPOINT_GROQ_KEY: "k" };

describe("where a run goes", () => {
  const place = (model: string, pool: ReturnType<typeof poolOf>, keys = {}, models = {}) =>
    placeFor({ model, models }, { host: "here", keys, board: pool });

  it("is to a worker that has its very endpoint, and not one that has another", () => {
    expect(classOf("compatible:home:qwen3:32b")).toBe("compatible-home");
    expect(classesIn({ ...HOME, ...GROQ })).toEqual(["offline", "compatible-home", "compatible-groq"]);
    expect(classesIn({ VIBEWRITER_ENDPOINT_GROQ_KEY: "k" })).toEqual(["offline"]);
    expect(place("compatible:home:qwen3", poolOf(GROQ))).toEqual({ queue: "host.here", hasKeys: false });
    expect(place("compatible:home:qwen3", poolOf(GROQ, HOME))).toMatchObject({ queue: "pool.compatible-home" });
  });

  it("is here where keys came with it that it needs, or no one worker's class has all that it needs", () => {
    const pool = poolOf({ ...HOME, ...GROQ });
    expect(place("compatible:home:qwen3", pool, HOME)).toEqual({ queue: "host.here", hasKeys: true });
    expect(place("compatible:home:qwen3", pool, GROQ)).toMatchObject({ queue: "pool.compatible-home" });
    const two = place("compatible:home:qwen3", pool, {}, { researcher: "compatible:groq:llama" });
    expect(two.queue).toBe("host.here");
    expect(place("offline", pool)).toMatchObject({ queue: "pool.offline" });
  });
});
