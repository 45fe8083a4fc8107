import { Slots } from "../src/slots.js";

describe("Slots", () => {
  it("lets so many in, and the others in the order they came", async () => {
    const slots = new Slots(2);
    const log: string[] = [];
    const take = async (name: string) => {
      const slot = await slots.take();
      log.push(name);
      return slot;
    };
    const first = await take("first");
    const second = await take("second");
    const waiting = [take("third"), take("fourth")];
    await new Promise(setImmediate);
    expect(log).toEqual(["first", "second"]);
    second[Symbol.dispose]();
    (await waiting[0])?.[Symbol.dispose]();
    await waiting[1];
    first[Symbol.dispose]();
    await take("fifth");
    expect(log).toEqual(["first", "second", "third", "fourth", "fifth"]);
  });
});
