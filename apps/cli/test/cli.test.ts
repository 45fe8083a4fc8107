import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MODEL_NAMES } from "@vibewriter/agent/runs";
import { inProcess } from "../../../tests/support/in-process.js";
import { homePaths } from "../../server/src/home.js";
import { createProgram } from "../src/program.js";
import { processTerminal } from "../src/terminal.js";

const BIN = fileURLToPath(new URL("../bin/vibewriter.mjs", import.meta.url));

interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command with an empty home that is not set up. */
async function vibewriter(args: string[], env: Record<string, string> = {}): Promise<Finished & { home: string }> {
  const home = await mkdtemp(join(tmpdir(), "vwc-"));
  try {
    const finished = await new Promise<Finished>((resolve) => {
      const child = execFile(
        process.execPath,
        [BIN, ...args],
        { env: { PATH: process.env.PATH, VIBEWRITER_HOME: join(home, "home"), ...env }, cwd: home },
        (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
    return { ...finished, home: join(home, "home") };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** The same in this process, for what ends before anything begins. */
async function typed(args: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "vwc-"));
  try {
    return await inProcess(join(folder, "home"), args);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Errors are one sentence (it may have a semicolon) on one line. */
const ONE_LINE = /^[^\n]+\n$/;

describe("what was typed wrong", () => {
  it.each([
    [["research", ""], /The request is empty/],
    [["research", "   "], /The request is empty/],
    [["research"], /missing required argument/i],
    [["research", "bees", "--sources", "nowhere"], /There is no nowhere; check the path given to --sources/],
    [["research", "bees", "--source", "x"], /unknown option/i],
    [["reserch", "bees"], /unknown command 'reserch'.*research/i],
    [["research", "bees", "--max-cost", "0"], /max-cost.*0.01/s],
    [["research", "bees", "--max-tokens", "999"], /max-tokens.*1000/s],
    [["research", "bees", "--max-tool-calls", "many"], /max-tool-calls.*whole number/s],
    [["publish", "draft.md"], /--sources/],
    [["publish", "draft.md", "--sources", "."], /There is no draft.md/],
    [["style", "draft.md"], /--guide with a style guide, or --check/],
    [["kb", "search", " "], /The query is empty/],
    [["kb", "search", "x", "--limit", "0"], /from 1 to 50/],
    [["kb", "search", "x", "--since", "2026-13-01"], /a day or a moment, such as 2026-01-31/],
    [["kb", "search", "x", "--cited-by", ""], /an id that `vibewriter kb list` shows/],
    [["kb", "eval", "nowhere"], /nowhere.*a collection is a folder with corpus.jsonl/],
    [["vm", "exec", "a"], /missing required argument/i],
    [["vm", "exec", "a", "--"], /There is no command/],
    [["vm", "exec", "a", "--cwd", "tmp", "--", "ls"], /path in the VM that begins with \//],
    [["vm", "exec", "a", "--env", "COLOR", "--", "ls"], /such as COLOR=blue/],
    [["vm", "exec", "a", "--timeout", "soon", "--", "ls"], /such as 90s, 30m or 2h/],
    [["vm", "create", "--memory", "10M"], /a size from 128M/],
    [["vm", "create", "--disk", "much"], /a size from 0M/],
    [["vm", "create", "--vcpus", "0"], /whole number from 1 to 16/],
    [["vm", "create", "--label", "team"], /a name and a value/],
    [["vm", "destroy", ".."], /an id that `vibewriter vm list` shows/],
    [["kb", "show", ""], /an id that `vibewriter kb list` shows/],
    [["runs", ""], /an id that `vibewriter runs` shows/],
    [["resume", " "], /an id that `vibewriter runs` shows/],
    [["research", "--sources", ".", "bees"], /put the request, or the draft, before it/],
    [["logs", "--level", "loud"], /debug, info, warn, error/],
    [["logs", "--run", ""], /an id that `vibewriter runs` shows/],
    [["mcp", "--folder", "nowhere"], /There is no folder nowhere/],
    [["mcp", "--http", "70000"], /whole number from 0 to 65535/],
    [["completion", "tcsh"], /bash, zsh, fish/],
    [[], /see vibewriter --help/],
  ])("%j ends with 2 and says what to do", async (args, message) => {
    const { code, stdout, stderr } = await typed(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(ONE_LINE);
  });

  it("has no --json of its own in the arguments of a VM's command", async () => {
    expect((await typed(["vm", "exec", "--timeout", "5", "..", "rg", "--json", "x"])).stdout).toBe("");
    expect((await typed(["vm", "exec", "--timeout", "5", "--json", "..", "rg"])).stdout).toMatch(/^\{.*\}\n$/);
    expect((await typed(["vm", "exec", "..", "--json", "--", "rg"])).stdout).toMatch(/^\{.*\}\n$/);
    expect((await typed(["vm", "exec", "..", "--", "rg", "--json"])).stdout).toBe("");
  });

  it("is one JSON object with --json", async () => {
    const { code, stdout } = await typed(["research", "", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ status: "failed", error: { code: "usage" } });
    expect(stdout).toMatch(ONE_LINE);
  });

  it("cannot smuggle control characters into the terminal", async () => {
    const { stderr } = await typed(["research", "x", "--sources", "a\u001b[31mb\u009bc\u202ed"]);
    expect(stderr).toBe("There is no abd; check the path given to --sources.\n");
  });
});

describe("what is missing", () => {
  it("ends with 3 when the home is not set up, and leaves no server behind", async () => {
    const { code, stderr } = await vibewriter(["research", "bees"]);
    expect(code).toBe(3);
    expect(stderr.trim().split("\n").at(-1)).toMatch(/not set up; run `npm run setup`/);
  });

  it("is a home that can be written", async () => {
    const { code, stderr } = await vibewriter(["runs"], { VIBEWRITER_HOME: "/proc/nowhere/home" });
    expect(code).toBe(3);
    expect(stderr).toMatch(/set VIBEWRITER_HOME/);
  });
});

describe("what needs no server", () => {
  it("is stop on a home that is not there, which it does not make", async () => {
    const { code, stdout, home } = await vibewriter(["stop"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Nothing was running.\n" });
    await expect(readdir(home)).rejects.toThrow();
  });

  it("is help, with examples and exit codes", async () => {
    const { code, stdout } = await vibewriter(["--help"]);
    expect(code).toBe(0);
    for (const word of [
      "research",
      "resume",
      "runs",
      "publish",
      "kb",
      "vm",
      "doctor",
      "setup",
      "stop",
      "Examples",
      "130",
    ]) {
      expect(stdout).toContain(word);
    }
    expect((await vibewriter(["research", "--help"])).stdout).toContain("--sources");
    expect((await vibewriter(["--version"])).stdout).toBe("0.1.0\n");
  });

  it("is help of each VM command, with an example and --json", () => {
    const terminal = processTerminal({ json: false, env: {} });
    const program = createProgram({ home: "/none", env: {}, cwd: "/", terminal }, () => undefined);
    const commands = program.commands.find((command) => command.name() === "vm")?.commands ?? [];
    expect(commands.length).toBeGreaterThanOrEqual(19);
    for (const command of commands) {
      const said: string[] = [];
      command.configureOutput({ writeOut: (text) => void said.push(text) }).outputHelp();
      const help = said.join("");
      expect(help, command.name()).toMatch(/\nExamples?:\n {2}vibewriter /);
      expect(help, command.name()).toContain("--json");
    }
  });

  it("names all ways to a model, for a run and for a chat", () => {
    const terminal = processTerminal({ json: false, env: {} });
    const program = createProgram({ home: "/none", env: {}, cwd: "/", terminal }, () => undefined);
    const said = ["research", "chat"].map((name) => {
      const command = program.commands.find((one) => one.name() === name);
      return command?.options.find(({ long }) => long === "--model")?.description;
    });
    for (const text of said) expect(text).toContain(MODEL_NAMES);
  });

  it("is completion that the shells accept", async () => {
    expect(
      await completed(
        ["kb", "s"],
        ["res"],
        ["vm", "sna"],
        ["vm", "exec", "--t"],
        ["tenant", "user", "r"],
        ["mcp", "--h"],
        ["memory", "set", "a", "--from", "try"],
      ),
    ).toBe("search show\nresearch resume\nsnapshot snapshots\n--timeout\nrevoke\n--http --help\ntry.bash\n");
  });

  it("is completion of what the server lists, in its place, as words that no shell expands", async () => {
    const said = await completed(
      ...[
        ["resume", "run-"],
        ["runs", "run-"],
        ["runs", "plan", "run-"],
        ["research", "more", "--continue", "run-"],
      ],
      ...[
        ["vm", "exec", "lab", ""],
        ["vm", "exec", "--timeout", "5", "v"],
        ["dlq", "drop", "--a"],
      ],
      ...[
        ["vm", "fork", "--snapshot", "x"],
        ["files", "cat", "--agent", "m"],
        ["files", "cat", "--agent", "main", "a"],
        ["secrets", "rotate", "s"],
        ["secrets", "set", "s"],
      ],
    );
    expect(said.split("\n")).toEqual([
      ...["unfinished-runs:run-", "runs:run-", "runs:run-", "runs:run-"],
      ...["--json --env --cwd --timeout --help", "vms:v", "--all"],
      ...["snapshots:x", "agents:m", "kept-files:a \\$\\(touch\\ pwned\\) \\`touch\\ pwned\\`"],
      ...["secrets:s", "", ""],
    ]);
  });

  it("is the words of completion where no server runs: none, without a word, and none is started", async () => {
    const { code, stdout, stderr, home } = await vibewriter(["completion-words", "runs", "run-"]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
    await expect(readdir(home)).rejects.toThrow();
  });

  it("is the words of completion where a server does not answer: none, soon, without a word", async () => {
    const home = await mkdtemp(join(tmpdir(), "vwc-"));
    await mkdir(join(home, "server"));
    // It is there, and then says nothing for as long as any command would wait.
    const server = createServer((request, response) => {
      if (request.url === "/v1/health") response.end(JSON.stringify(HEALTH));
    });
    try {
      await new Promise<void>((resolve) => server.listen(homePaths(home).socket, resolve));
      const { code, stdout, stderr } = await vibewriter(["completion-words", "runs"], { VIBEWRITER_HOME: home });
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
    } finally {
      server.closeAllConnections();
      server.close();
      await rm(home, { recursive: true });
    }
  }, 20_000);
});

const HEALTH = {
  ...{ version: "0", pid: 1, home: "/", state: "ready", step: "", production: false, activeRuns: 0, nats: null },
};

/** What bash would complete each line with, a line each. In the place of the command stands one that says what it was asked for. */
async function completed(...lines: string[][]): Promise<string> {
  const { stdout } = await vibewriter(["completion", "bash"]);
  const folder = await mkdtemp(join(tmpdir(), "vwc-"));
  try {
    const stand = `#!/bin/sh
echo "$2:$3"
if [ "$2" = kept-files ]; then printf '%s\\n' '$(touch pwned)' '\`touch pwned\`'; fi
`;
    await writeFile(join(folder, "vibewriter"), stand, { mode: 0o755 });
    const tries = lines.map((words) => {
      const typed = ["vibewriter", ...words].map((word) => `"${word}"`).join(" ");
      return `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _vibewriter; echo "\${COMPREPLY[@]}"`;
    });
    await writeFile(join(folder, "try.bash"), [stdout, ...tries].join("\n"));
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const said = await new Promise<string>((resolve, reject) =>
      execFile("bash", ["try.bash"], { cwd: folder, env }, (error, out) => (error ? reject(error) : resolve(out))),
    );
    expect(await readdir(folder)).not.toContain("pwned");
    return said;
  } finally {
    await rm(folder, { recursive: true });
  }
}
