import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { finished, start } from "../../../tests/support/cli.js";
import { inProcess as cli } from "../../../tests/support/in-process.js";
import { Log } from "../../server/src/log.js";
import { type LogsOptions, logs as showLogs } from "../src/commands/logs.js";
import { processTerminal } from "../src/terminal.js";

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

/** What the command prints, in this process: lines, or with `json` the one object. */
async function shown({ json = false, ...o }: LogsOptions & { json?: boolean }): Promise<unknown> {
  let printed: unknown = "";
  const terminal = {
    ...processTerminal({ json, env: { NO_COLOR: "1" } }),
    outColors: pc.createColors(false),
    print: (text: string) => {
      printed = `${printed}${text}\n`;
    },
    printJson: (value: unknown) => {
      printed = value;
    },
    note: () => undefined,
    warn: () => undefined,
  };
  expect(await showLogs({ home, env: {}, cwd: "/", terminal }, o)).toBe(0);
  return printed;
}

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
    expect(await cli(home, ["logs"])).toEqual({
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
    expect(await shown({ level: "warn" })).toMatch(/^\S+ warn .*\n\S+ error .*\n$/);
    const entry = expect.objectContaining({ level: "warn", event: "run failed", run: "run-7" });
    expect(await shown({ level: "debug", run: "run-7", json: true })).toEqual({ entries: [entry] });
    expect(await shown({ level: "error", run: "run-7" })).toBe("");
  });

  it("has nothing to show where no server has run, and makes no home there", async () => {
    await rm(home, { recursive: true });
    expect(await shown({ level: "debug", json: true })).toEqual({ entries: [] });
    expect(existsSync(home)).toBe(false);
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
