import { Turns } from "../../src/threads/turns.js";

/** Work in steps of a millisecond. */
function* steps<T>(count: number, result: () => T): Generator<void, T> {
  for (let i = 0; i < count; i++) {
    const until = performance.now() + 1;
    while (performance.now() < until);
    yield;
  }
  return result();
}

describe("Turns", () => {
  it("lets others in between the slices of a work, and does one work after the other", async () => {
    const turns = new Turns();
    const order: string[] = [];
    const works = ["one", "two"].map((name) => turns.run(() => steps(20, () => order.push(name))));
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    order.push("a question");
    await Promise.all(works);
    await turns.idle();
    expect(order).toEqual(["a question", "one", "two"]);
  });

  it("goes on behind a work that failed, and tells whoever asked for it", async () => {
    const turns = new Turns();
    const fails = turns.run(() =>
      steps(2, () => {
        throw new Error("no");
      }),
    );
    const works = turns.run(() => steps(2, () => "done"));
    await expect(fails).rejects.toThrow("no");
    expect(await works).toBe("done");
  });
});
