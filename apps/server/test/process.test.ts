import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { cli } from "../../../tests/support/cli.js";
import { commandLine, findProcess, processesOf, socketsOf, testHome } from "../../../tests/support/home.js";
import { homePaths } from "../src/home.js";

const SERVER = "apps/server/dist/main.js";

async function until(condition: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await condition()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`Not so after ${withinMs} ms: ${condition}`);
  }
}

/** Nothing of a home is left: no process, no socket, no folder for them. */
async function expectNothingLeft(home: string): Promise<void> {
  await until(async () => (await processesOf(home)).length === 0);
  expect(await socketsOf(home)).toEqual([]);
  expect(existsSync(homePaths(home).run)).toBe(false);
}

async function serverOf(home: string): Promise<number> {
  const pid = await findProcess(home, SERVER);
  if (pid === undefined) throw new Error("There is no server.");
  return pid;
}

describe("the owner process", () => {
  it("is started by the first command, is one for all of them, and ends with stop", async () => {
    await using home = await testHome();
    const all = await Promise.all(Array.from({ length: 4 }, () => cli(home.path, ["runs", "--json"])));
    expect(all.map(({ code, stdout }) => [code, stdout])).toEqual(all.map(() => [0, '{"runs":[]}\n']));
    // The servers that lost the race are gone in a moment.
    await until(async () => {
      const commands = await Promise.all((await processesOf(home.path)).map(commandLine));
      return commands.filter((command) => command.includes(SERVER)).length === 1;
    });
    expect(await findProcess(home.path, "nats-server")).toBeDefined();
    expect((await cli(home.path, ["stop"])).stdout).toBe("Stopped.\n");
    await expectNothingLeft(home.path);
    expect((await cli(home.path, ["stop"])).stdout).toBe("Nothing was running.\n");
  });

  it("ends cleanly on SIGTERM", async () => {
    await using home = await testHome();
    await cli(home.path, ["runs"]);
    process.kill(await serverOf(home.path), "SIGTERM");
    await expectNothingLeft(home.path);
  });

  it("is replaced by the next command after a kill -9, and stop then leaves nothing", async () => {
    await using home = await testHome();
    await cli(home.path, ["runs"]);
    const first = await serverOf(home.path);
    process.kill(first, "SIGKILL");
    expect((await cli(home.path, ["runs"])).code).toBe(0);
    expect(await serverOf(home.path)).not.toBe(first);
    process.kill(await serverOf(home.path), "SIGKILL");
    expect((await cli(home.path, ["stop"])).code).toBe(0);
    await expectNothingLeft(home.path);
  });

  // What takes time in these is waiting: they wait side by side.
  it.concurrent("ends by itself when nobody needs it", async () => {
    await using home = await testHome();
    expect((await cli(home.path, ["runs"], { env: { VIBEWRITER_IDLE_SECONDS: "1" } })).code).toBe(0);
    await expectNothingLeft(home.path);
  });

  it.concurrent("killed, leaves nothing after the idle time although no command comes", async () => {
    await using home = await testHome();
    await cli(home.path, ["runs"], { env: { VIBEWRITER_IDLE_SECONDS: "2" } });
    process.kill(await serverOf(home.path), "SIGKILL");
    await expectNothingLeft(home.path);
  });

  it.concurrent("is ended by stop even when it is frozen", async () => {
    await using home = await testHome();
    await cli(home.path, ["runs"]);
    process.kill(await serverOf(home.path), "SIGSTOP");
    expect((await cli(home.path, ["stop"])).code).toBe(0);
    await expectNothingLeft(home.path);
  }, 60_000);
});
