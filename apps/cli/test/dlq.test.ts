import type { Finished } from "../../../tests/support/cli.js";
import { inProcess as run } from "../../../tests/support/in-process.js";
import { openTestApi, type TestApi } from "../../server/test/support/test-api.js";

describe("vibewriter dlq", () => {
  let api: TestApi;
  const cli = (...args: string[]): Promise<Finished> => run(api.home, ["dlq", ...args]);

  beforeAll(async () => {
    api = await openTestApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  /** A task that died, which its queue does not have any more. */
  async function deadTask(id: string): Promise<string> {
    const at = new Date().toISOString();
    const { letter } = await api.backbone.deadLetters.bury({
      ...{
        kind: "task",
        by: "pool_nobody",
        stream: "VIBEWRITER_TASKS",
        seq: 1,
        subject: `vibewriter.tasks.pool.nobody.${id}`,
      },
      ...{ reason: "It was delivered 16 times.", tries: 16, firstAt: at, lastAt: at },
      message: { data: Buffer.from('{"submission":"s1"}').toString("base64"), headers: {} },
    });
    return letter.id;
  }

  it("says that there is none, and what was typed wrong", async () => {
    expect(await cli("list")).toMatchObject({ code: 0, stdout: "No dead letters.\n" });
    expect(await cli("retry", "--all", "--json")).toMatchObject({ code: 0, stdout: '{"retried":[]}\n' });
    for (const args of [["drop"], ["retry"], ["drop", "0a1b2c3d4e5f", "--all"]]) {
      expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("or all with --all") });
    }
    for (const args of [
      ["show", "0a1b2c3d4e5f"],
      ["drop", "nonsense"],
      ["retry", "a*"],
    ]) {
      expect(await cli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no dead letter") });
    }
  });

  it("names a dead task by its run, and queues it again", async () => {
    const id = await deadTask("run-7");
    expect((await cli("list")).stdout).toMatch(
      new RegExp(`^${id} +run run-7 +16 +\\d+ s +It was delivered 16 times.$`, "m"),
    );
    const shown = await cli("show", id);
    expect(shown.stdout).toMatch(/^Run +run-7$/m);
    expect(shown.stdout).toContain('{"submission":"s1"}');
    expect(await cli("retry", id)).toMatchObject({ code: 0, stdout: `${id}  done\n` });
    expect(await api.backbone.tasks.has("pool.nobody", "run-7")).toBe(true);
    expect(await cli("retry", id)).toMatchObject({ code: 2 });
  });

  it("retries what a projection could not read, which fails again, and drops it", async () => {
    await api.backbone.connection.request("kb.publish.new.garbage", "no JSON\u001b[31m");
    await vi.waitFor(async () => expect(await api.backbone.deadLetters.list()).toHaveLength(1), 10_000);
    const listed = JSON.parse((await cli("list", "--json")).stdout);
    expect(listed.letters).toMatchObject([
      { kind: "projection", stream: "VIBEWRITER_EFFECTS", tries: 1, state: "dead" },
    ]);
    const [{ id }] = listed.letters;
    expect(JSON.parse((await cli("show", id, "--json")).stdout)).toMatchObject({ content: "no JSON\u001b[31m" });
    expect((await cli("show", id)).stdout).not.toContain("\u001b");
    expect(await cli("retry", "--all")).toMatchObject({ code: 1, stdout: expect.stringContaining("failed again") });
    await deadTask("run-8");
    expect(await cli("drop", "--all")).toMatchObject({ code: 0, stdout: "Dropped 2 dead letters.\n" });
    expect((await cli("list")).stdout).toBe("No dead letters.\n");
    expect(await api.backbone.tasks.has("pool.nobody", "run-8")).toBe(false);
  });
});
