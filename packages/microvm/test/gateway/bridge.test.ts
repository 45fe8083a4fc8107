import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { BridgeCall, BridgeTools } from "../../src/index.js";
import { DoorGuest } from "../support/door-guest.js";
import { TestInternet } from "../support/outside.js";

const run = promisify(execFile);
const clients = fileURLToPath(new URL("../../image/bridge", import.meta.url));
const description = { name: "add", description: "Adds.", parameters: { type: "object" } };

let internet: TestInternet;
let guest: DoorGuest;
let calls: Omit<BridgeCall, "signal">[];
let release: () => void;

beforeEach(async () => {
  internet = new TestInternet();
  guest = await DoorGuest.open();
  calls = [];
});

afterEach(async () => {
  await guest[Symbol.asyncDispose]();
  await internet[Symbol.asyncDispose]();
});

const tools: BridgeTools = {
  list: async (vm, scope) => [{ ...description, description: `${vm.id} ${scope}` }],
  async call({ signal, ...call }) {
    calls.push(call);
    const { name, args } = call;
    if (name === "add") return { result: { sum: Number(args.a) + Number(args.b) } };
    if (name === "no") return { error: { code: "not_found", message: "There is nothing; look elsewhere." } };
    if (name === "large") return { result: "x".repeat(5_000_000) };
    if (name === "broken") throw new Error("the host's own business: /etc/passwd");
    if (name !== "wait") return undefined;
    await new Promise<void>((resolve) => {
      release = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return { result: signal.aborted ? "cut" : "waited" };
  },
};

const attach = () => guest.attach(internet.gateway({ tools }), { allow: [] }, { id: "one", labels: { agent: "main" } });

async function ask(path: string, o: { method?: string; body?: string; headers?: Record<string, string> } = {}) {
  const response = await fetch(`${guest.bridge}${path}`, { method: "POST", ...o });
  return { status: response.status, value: await response.json() };
}

describe("the bridge", () => {
  it("says what there is, and calls it for the VM that asks", async () => {
    await using _ = attach();
    const headers = { "x-vibewriter-scope": "run-1" };
    expect(await ask("/v1/tools", { method: "GET", headers })).toEqual({
      status: 200,
      value: { tools: [{ ...description, description: "one run-1" }] },
    });
    await internet.audit();
    const body = JSON.stringify({ a: 2, b: 3 });
    expect(await ask("/v1/tools/add", { body, headers })).toEqual({ status: 200, value: { result: { sum: 5 } } });
    expect(calls).toEqual([
      { vm: { id: "one", labels: { agent: "main" } }, name: "add", args: { a: 2, b: 3 }, scope: "run-1" },
    ]);
    expect(await internet.audit()).toMatchObject({
      vm: "one",
      door: "bridge",
      name: "add",
      outcome: "allowed",
      status: 200,
    });
  });

  it.each<[string, NonNullable<Parameters<typeof ask>[1]>, number, string]>([
    ["/v1/tools/none", {}, 404, "unknown_tool"],
    ["/v1/tools/add/more", {}, 404, "unknown_tool"],
    ["/v1/tools/..%2f", {}, 404, "unknown_tool"],
    ["/v1/tools", {}, 404, "unknown_tool"],
    ["/", { method: "GET" }, 404, "unknown_tool"],
    ["/v1/tools/add", { method: "DELETE" }, 404, "unknown_tool"],
    ["/v1/tools/add", { body: "[]" }, 400, "bad_arguments"],
    ["/v1/tools/add", { body: "{" }, 400, "bad_arguments"],
    ["/v1/tools/add", { body: `"${"x".repeat(300_000)}"` }, 413, "too_large"],
    ["/v1/tools/no", { body: "{}" }, 422, "not_found"],
    ["/v1/tools/large", { body: "{}" }, 413, "too_large"],
    ["/v1/tools/broken", { body: "{}" }, 500, "tool_failed"],
  ])("%s, not as it should be: JSON with status and code", async (path, o, status, code) => {
    await using _ = attach();
    const answer = await ask(path, o);
    expect(answer).toEqual({ status, value: { error: { code, message: expect.stringMatching(/^[A-Z/].*\.$/) } } });
    expect(JSON.stringify(answer)).not.toContain("passwd");
  });

  it("eight calls at once, and a call ends when its program goes", async () => {
    await using _ = attach();
    const waiting = Array.from({ length: 8 }, () => ask("/v1/tools/wait", { body: "{}" }));
    await vi.waitFor(() => expect(calls).toHaveLength(8), 20_000);
    expect(await ask("/v1/tools/wait", { body: "{}" })).toMatchObject({ status: 429 });
    const socket = connect(guest.port("bridge"), "127.0.0.1");
    release();
    await Promise.race(waiting);
    socket.write("POST /v1/tools/wait HTTP/1.1\r\nHost: b\r\nContent-Length: 2\r\n\r\n{}");
    await vi.waitFor(() => expect(calls).toHaveLength(9), 20_000);
    socket.destroy();
    await once(socket, "close");
    await vi.waitFor(
      () => expect(internet.audits.at(-1)).toMatchObject({ name: "wait", reason: "connection_lost" }),
      20_000,
    );
    await guest[Symbol.asyncDispose]();
    void Promise.allSettled(waiting);
  });

  it("is no proxy", async () => {
    await using _ = attach();
    const heard = fetch(`${guest.bridge}/http://www.example.com/`, { method: "GET" });
    expect((await heard).status).toBe(404);
    await expect(run("curl", ["-sS", "--proxy", guest.bridge, "https://www.example.com/"])).rejects.toThrow(/400/);
  });

  it("without tools has none", async () => {
    await using _ = guest.attach(internet.gateway(), { allow: [] });
    expect(await ask("/v1/tools", { method: "GET" })).toEqual({ status: 200, value: { tools: [] } });
    expect(await ask("/v1/tools/add", { body: "{}" })).toMatchObject({ status: 404 });
  });
});

describe("the clients that are in the image", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vw-bridge-"));
    await mkdir(join(folder, "node_modules"));
    await symlink(join(clients, "node"), join(folder, "node_modules", "vibewriter-bridge"));
    await symlink(join(clients, "vibewriter_bridge.py"), join(folder, "vibewriter_bridge.py"));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const env = (more: Record<string, string> = {}) => ({
    PATH: process.env.PATH ?? "",
    VIBEWRITER_BRIDGE: guest.bridge,
    VIBEWRITER_SCOPE: "run-1",
    http_proxy: "http://127.0.0.1:1",
    HTTP_PROXY: "http://127.0.0.1:1",
    ...more,
  });

  const python = `
from vibewriter_bridge import BridgeError, call, tools
print(tools()[0]["description"], call("add", a=1, b=2)["sum"])
try:
    call("no")
except BridgeError as error:
    print(error.code, error)
`;
  const node = `
import { BridgeError, call, tools } from "vibewriter-bridge";
console.log((await tools())[0].description, (await call("add", { a: 1, b: 2 })).sum);
try { await call("no"); } catch (error) { console.log(error instanceof BridgeError && error.code, error.message); }
`;

  it.each([
    ["python3", "script.py", python],
    [process.execPath, "script.mjs", node],
  ])("%s", async (program, name, script) => {
    await using _ = attach();
    await writeFile(join(folder, name), script);
    const { stdout } = await run(program, [join(folder, name)], { env: env() });
    expect(stdout).toBe("one run-1 3\nnot_found There is nothing; look elsewhere.\n");
    const nowhere = run(program, [join(folder, name)], { env: env({ VIBEWRITER_BRIDGE: "http://127.0.0.1:1" }) });
    await expect(nowhere).rejects.toThrow(/bridge does not answer/);
  });

  it("vw-tool", async () => {
    await using _ = attach();
    const tool = (...args: string[]) => run(join(clients, "vw-tool"), args, { env: env() });
    expect((await tool("--list")).stdout).toContain('"name":"add"');
    expect(JSON.parse((await tool("add", '{"a": 1, "b": 2}')).stdout)).toEqual({ result: { sum: 3 } });
    await expect(tool("no")).rejects.toMatchObject({ code: 22, stdout: expect.stringContaining("look elsewhere") });
    await expect(tool("../x")).rejects.toMatchObject({ code: 2 });
    await expect(tool()).rejects.toMatchObject({ code: 2 });
  });
});
