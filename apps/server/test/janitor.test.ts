import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { cleanUpHome } from "../src/clean-up.js";
import { homePaths, makeHome } from "../src/home.js";
import { Janitor } from "../src/janitor.js";
import { writeOwnerFile } from "../src/owner-file.js";
import { isAlive, ProcessIdentity } from "../src/process-identity.js";
import { tempHome } from "./support/temp-home.js";

const JANITOR = fileURLToPath(new URL("../dist/janitor.js", import.meta.url));

/** A process that has a janitor for `home` until it is killed. */
async function ownerOf(home: string, idleSeconds: number) {
  const script = `const { Janitor } = await import(${JSON.stringify(JANITOR)});
    const janitor = await Janitor.start(${JSON.stringify(home)}, ${idleSeconds});
    console.log(JSON.stringify(janitor.identity)); setInterval(() => janitor, 1e6);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout, "data");
  return { child, janitor: ProcessIdentity.parse(JSON.parse(String(said))) };
}

async function gone(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(20)) {
    if (!(await isAlive(identity))) return true;
  }
  return false;
}

describe("Janitor", () => {
  it("ends with an owner that ends cleanly", async () => {
    await using home = await tempHome();
    const janitor = await Janitor.start(home.path, 600);
    expect(await isAlive(janitor.identity)).toBe(true);
    await janitor[Symbol.asyncDispose]();
    expect(await isAlive(janitor.identity)).toBe(false);
  });

  it("clears the home of a killed owner after the idle time", async () => {
    await using home = await tempHome();
    const paths = homePaths(home.path);
    makeHome(paths);
    await writeFile(paths.socket, "");
    const { child, janitor } = await ownerOf(home.path, 1);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(existsSync(paths.socket)).toBe(true);
    expect(await gone(janitor, 15_000)).toBe(true);
    expect(existsSync(paths.run)).toBe(false);
  });

  it("of a dead owner is ended by the clean-up, asleep or not", async () => {
    await using home = await tempHome();
    const paths = homePaths(home.path);
    makeHome(paths);
    const { child, janitor } = await ownerOf(home.path, 600);
    await writeOwnerFile(paths.owner, { owner: { pid: child.pid ?? 0, startTime: "0" }, janitor });
    child.kill("SIGKILL");
    await once(child, "exit");
    await sleep(50);
    expect(await isAlive(janitor)).toBe(true);
    expect(await cleanUpHome(home.path)).toBe(true);
    expect(await isAlive(janitor)).toBe(false);
    expect(existsSync(paths.run)).toBe(false);
  });
});
