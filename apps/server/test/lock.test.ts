import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OwnerLock } from "../src/lock.js";
import { tempHome } from "./support/temp-home.js";

const LOCK = fileURLToPath(new URL("../dist/lock.js", import.meta.url));

/** A process that takes the lock, says whether it got it, and holds it until it is killed. */
async function holder(path: string) {
  const script = `const { OwnerLock } = await import(${JSON.stringify(LOCK)});
    const lock = OwnerLock.take(${JSON.stringify(path)}); console.log(lock ? "mine" : "taken"); setInterval(() => lock, 1e6);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout, "data");
  return { child, said: String(said).trim() };
}

describe("OwnerLock", () => {
  it("is one process's, and free at once when that process is killed", async () => {
    await using home = await tempHome();
    const path = join(home.path, "lock");
    const first = await holder(path);
    expect(first.said).toBe("mine");
    expect(OwnerLock.take(path)).toBeUndefined();
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    using taken = OwnerLock.take(path);
    expect(taken).toBeDefined();
  });

  it("has exactly one winner among processes that start at once", async () => {
    await using home = await tempHome();
    const path = join(home.path, "lock");
    const holders = await Promise.all(Array.from({ length: 6 }, () => holder(path)));
    expect(holders.filter(({ said }) => said === "mine")).toHaveLength(1);
    for (const { child } of holders) child.kill("SIGKILL");
  });

  it("says what to do about a file that is no lock", async () => {
    await using home = await tempHome();
    expect(() => OwnerLock.take(home.path)).toThrow(/remove that file and try again/);
  });
});
