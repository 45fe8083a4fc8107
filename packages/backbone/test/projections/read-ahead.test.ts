import { readAhead } from "../../src/projections/read-ahead.js";

describe("readAhead", () => {
  it("gives all in their order and tells of those that come next before they are asked for", async () => {
    async function* numbers() {
      for (let i = 1; i <= 20; i++) yield i;
    }
    const told: number[] = [];
    const given: number[] = [];
    for await (const one of readAhead(numbers(), 4, (number) => told.push(number))) {
      given.push(one);
      await new Promise((resolve) => setImmediate(resolve));
      // The one that is given has not made room for the next yet.
      expect(told).toHaveLength(Math.min(20, one + 4));
    }
    expect(given).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(told).toEqual(given);
  });

  it("gives what came before a failure, then fails", async () => {
    async function* failing() {
      yield 1;
      yield 2;
      throw new Error("lost");
    }
    const given: number[] = [];
    const reading = async () => {
      for await (const one of readAhead(failing(), 8, () => undefined)) given.push(one);
    };
    await expect(reading()).rejects.toThrow("lost");
    expect(given).toEqual([1, 2]);
  });

  it("can be left while the source waits, which whoever leaves it ends", async () => {
    const leaving = new AbortController();
    let isEnded = false;
    async function* waiting() {
      yield 1;
      await new Promise((resolve) => leaving.signal.addEventListener("abort", resolve));
      isEnded = true;
    }
    for await (const _one of readAhead(waiting(), 4, () => undefined)) break;
    leaving.abort();
    await vi.waitFor(() => expect(isEnded).toBe(true), 20_000);
  });
});
