import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cli, finished, start } from "../../../tests/support/cli.js";
import { Log } from "../../server/src/log.js";

const line = (second: number, level: string, event: string, fields: object = {}) =>
  `${JSON.stringify({ time: `2026-11-22T12:00:0${second}.000Z`, level, event, ...fields })}\n`;

let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "vw-logs-"));
  path = join(home, "logs", "server.log");
  await mkdir(join(home, "logs"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const logs = (...args: string[]) => cli(home, ["logs", ...args]);

/** A log that was moved aside once, with a line that a server has not finished before it was killed. */
async function written(): Promise<void> {
  await writeFile(`${path}.1`, line(1, "info", "opened", { part: "backbone" }));
  const told = { part: "runs", run: "run-7", fields: JSON.stringify({ error: "it said \u001b[31mno", tries: 2 }) };
  await writeFile(
    path,
    `${line(2, "warn", "run failed", told)}{"time":"2026\n${line(3, "error", "close failed", { part: "vms", fields: "{}" })}`,
  );
}

describe("vibewriter logs", () => {
  it("shows what was written before and after the log was moved aside, in lines, without a server", async () => {
    await written();
    expect(await logs()).toEqual({
      code: 0,
      stdout: [
        "2026-11-22T12:00:01.000Z info  opened part=backbone",
        '2026-11-22T12:00:02.000Z warn  run failed part=runs run=run-7 error="it said no" tries=2',
        "2026-11-22T12:00:03.000Z error close failed part=vms",
        "",
      ].join("\n"),
      stderr: "Passed over 1 line that cannot be read.\n",
    });
  });

  it("shows what is grave enough, or about a run; with --json as one object", async () => {
    await written();
    expect((await logs("--level", "warn")).stdout).toMatch(/^\S+ warn .*\n\S+ error .*\n$/);
    const about = JSON.parse((await logs("--run", "run-7", "--json")).stdout);
    expect(about).toMatchObject({ entries: [{ level: "warn", event: "run failed", run: "run-7" }] });
    expect(about.entries).toHaveLength(1);
    expect(await logs("--run", "run-8")).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("Nothing of the kind") });
    expect(await logs("--level", "loud")).toMatchObject({ code: 2, stderr: expect.stringContaining("debug, info, warn, error") });
  });

  it("has nothing to show where no server has run, and makes no home there", async () => {
    await rm(home, { recursive: true });
    expect(await logs("--json")).toMatchObject({ code: 0, stdout: '{"entries":[]}\n' });
  });

  it("follows a log from before it is there, over its moving aside, until Ctrl-C", async () => {
    const child = start(home, ["logs", "--follow", "--json", "--level", "warn"]);
    const end = finished(child, 60_000);
    const seen: string[] = [];
    child.stdout?.on("data", (text: string) => {
      for (const one of text.trim().split("\n")) seen.push(JSON.parse(one).event);
    });
    const shows = (events: string[]) => vi.waitFor(() => expect(seen).toEqual(events), { timeout: 30_000 });
    {
      await using log = new Log(path);
      log.write("warn", "one");
      log.write("info", "too fine");
      await shows(["one"]);
      await rename(path, `${path}.1`);
      log.write("warn", "on its way when it was moved");
      await using next = new Log(path);
      next.write("error", "two");
      await shows(["one", "on its way when it was moved", "two"]);
    }
    await writeFile(path, ""); // Somebody empties it.
    await using log = new Log(path);
    log.write("warn", "3");
    await shows(["one", "on its way when it was moved", "two", "3"]);
    child.kill("SIGINT");
    expect((await end).code).toBe(0);
  }, 90_000);
});
