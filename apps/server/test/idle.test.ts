import { setTimeout as sleep } from "node:timers/promises";
import { IdleTimer } from "../src/idle.js";

describe("IdleTimer", () => {
  it("counts from the end of the last hold, and from the start when there is none", async () => {
    let idle = 0;
    using timer = new IdleTimer(60, () => {
      idle += 1;
    });
    const [first, second] = [timer.hold(), timer.hold()];
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await sleep(100);
    expect(idle).toBe(0);
    second[Symbol.dispose]();
    await sleep(30);
    expect(idle).toBe(0);
    await sleep(80);
    expect(idle).toBe(1);
  });
});
