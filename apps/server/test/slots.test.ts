import { Slots } from "../src/slots.js";

describe("Slots", () => {
  it("lets so many in, the others in the order they came, and those who left not at all", async () => {
    const slots = new Slots(2);
    const never = new AbortController().signal;
    const leaver = new AbortController();
    const log: string[] = [];
    const first = await slots.take(never);
    const second = await slots.take(never);
    const left = slots.take(leaver.signal);
    const third = slots.take(never).then((slot) => {
      log.push("third");
      return slot;
    });
    leaver.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    expect(log).toEqual([]);
    first[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    second[Symbol.dispose]();
    await slots.take(never);
    await slots.take(never);
    expect(log).toEqual(["third"]);
  });
});
