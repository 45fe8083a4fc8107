import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import type { BridgeTools, MicroVM, MicroVMs } from "../../src/index.js";
import { authority } from "../support/certificate.js";
import { bytes, template, temporaryHome, text } from "../support/home.js";
import { TestInternet } from "../support/outside.js";

const run = promisify(execFile);
const key = "sk-test-0123456789abcdefghij";
const egress = { allow: [{ host: "files.example.com" }], upstreams: ["model"] };
const tools: BridgeTools = {
  list: async () => [],
  call: async ({ vm, name, args }) => (name === "echo" ? { result: { vm: vm.id, args } } : undefined),
};

let home: Awaited<ReturnType<typeof temporaryHome>>;
let internet: TestInternet;
let folder: string;
let vms: MicroVMs;
let vm: MicroVM;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-served-"));
  await writeFile(join(folder, "hello.txt"), "hello from outside");
  internet = new TestInternet();
  internet.know("files.example.com", "api.example.com");
  const serve: Parameters<TestInternet["http"]>[1] = async (request, response) => {
    await buffer(request);
    if (request.headers["x-api-key"] === key)
      return void response.end(`${request.url} by ${request.headers["x-api-key"]}`);
    const path = join(folder, normalize(new URL(request.url ?? "/", "http://x").pathname));
    const content = await readFile(path).catch(() => undefined);
    response.writeHead(content ? 200 : 404).end(content);
  };
  await internet.http(80, serve);
  await internet.https(443, serve);
  home = await temporaryHome();
  const upstreams = [{ name: "model", baseUrl: "https://api.example.com", header: "x-api-key", valueFrom: () => key }];
  const gateway = internet.gateway({ tools, upstreams });
  const attach = gateway.attach.bind(gateway);
  // A VM that the new token never reaches keeps what was in the memory that it was made of.
  gateway.attach = ({ connection, ...rest }) =>
    attach({
      ...rest,
      connection: {
        accept: (door, signal) => connection.accept(door, signal),
        call: async (request) => (rest.id === "stale" ? {} : await connection.call(request)),
      },
    });
  vms = await home.open({ gateway });
  vm = await vms.create({ id: "one", template, egress });
  await vm.files.write("/workspace/ca.pem", bytes(authority));
});

afterAll(async () => {
  await vms?.stopAll();
  await home?.[Symbol.asyncDispose]();
  await internet?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => {
  expect(JSON.stringify(internet.audits)).not.toContain(key);
  internet.audits.length = 0;
});

async function sh(command: string, of: MicroVM = vm) {
  const { exitCode, stdout, stderr } = await of.exec({ command, timeoutMs: 60_000 });
  return { exitCode, out: text(stdout) + text(stderr) };
}

describe("programs in a real VM", () => {
  it("fetch what is allowed with curl, as it is, over http and https", async () => {
    expect(await sh("curl -sS http://files.example.com/hello.txt")).toEqual({ exitCode: 0, out: "hello from outside" });
    const https = await sh("curl -sS --cacert ca.pem https://files.example.com/hello.txt");
    expect(https).toEqual({ exitCode: 0, out: "hello from outside" });
    await vi.waitFor(() => expect(internet.audits).toHaveLength(2), 20_000);
    expect(internet.audits).toMatchObject([
      { vm: "one", method: "GET", outcome: "allowed", status: 200, port: 80 },
      { vm: "one", method: "CONNECT", outcome: "allowed", port: 443 },
    ]);
  });

  it("clone with git", async () => {
    const source = join(folder, "source");
    await mkdir(source);
    const git = (...args: string[]) =>
      run("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main", ...args]);
    await git("-C", source, "init", "-q");
    await writeFile(join(source, "README"), "cloned");
    await git("-C", source, "add", ".");
    await git("-C", source, "commit", "-q", "-m", "first");
    await git("clone", "-q", "--bare", source, join(folder, "repo.git"));
    await git("-C", join(folder, "repo.git"), "update-server-info");
    const clone = "git -c http.sslCAInfo=/workspace/ca.pem clone -q https://files.example.com/repo.git repo";
    expect(await sh(`${clone} && cat repo/README`)).toEqual({ exitCode: 0, out: "cloned" });
  });

  it("download a large file whole, and send one", async () => {
    await writeFile(join(folder, "large.bin"), Buffer.alloc(8 * 1024 * 1024, 7));
    const sum = (await run("sha256sum", [join(folder, "large.bin")])).stdout.slice(0, 64);
    expect((await sh("curl -sS http://files.example.com/large.bin | sha256sum")).out).toContain(sum);
    const post =
      "head -c 3000000 /dev/zero | curl -sS -o /dev/null -w '%{http_code}' --data-binary @- http://files.example.com/hello.txt";
    expect(await sh(post)).toEqual({ exitCode: 0, out: "200" });
    await vi.waitFor(() => expect(internet.audits).toHaveLength(2), 20_000);
    expect(internet.audits[1]?.bytesUp).toBeGreaterThanOrEqual(3_000_000);
  });

  it("use an upstream, and never see its credential", async () => {
    const asked = await sh("curl -sS http://gateway/model/v1/x");
    expect(asked.out).toBe(`/v1/x by ${"*".repeat(key.length)}`);
    const node = `fetch("http://127.0.0.1:3128/model/v1/y").then((r) => r.text()).then(console.log)`;
    expect((await sh(`node -e '${node}'`)).out).toContain("/v1/y by ***");
    expect((await sh(`curl -sS -H 'x-note: ${key}' http://files.example.com/`)).out).toMatch(/credential of the host/);
  });

  it.each([
    ["http://elsewhere.example.org/", "not_allowed"],
    ["http://169.254.169.254/latest/meta-data/", "direct_address"],
    ["http://10.0.0.1/", "direct_address"],
    ["http://2852039166/", "direct_address"],
    ["http://[::1]/", "direct_address"],
    ["http://[::ffff:169.254.169.254]/", "direct_address"],
    ["http://localtest.example.net/", "not_allowed"],
    ["https://elsewhere.example.org/", "not_allowed"],
    ["https://169.254.169.254/", "direct_address"],
  ])("%s is refused and audited", async (url, reason) => {
    expect((await sh(`curl -sS -o /dev/null -w '%{http_code} %{http_connect}' '${url}'`)).out).toMatch(/\b403\b/);
    expect(await internet.audit()).toMatchObject({ vm: "one", outcome: "refused", reason });
    expect(internet.connected.filter((address) => !address.startsWith("93.184.215.14:"))).toEqual([]);
  });

  it("reach nothing past the proxy, not even a name server", async () => {
    for (const url of ["http://93.184.215.14/", "http://files.example.com/"]) {
      const { exitCode } = await sh(`curl -sS --noproxy '*' --max-time 5 ${url}`);
      expect([6, 7]).toContain(exitCode);
    }
    const lookup = `python3 -c 'import socket; socket.getaddrinfo("x.example.com", 80)'`;
    expect((await sh(lookup)).out).toMatch(/gaierror/);
    expect(internet.audits).toEqual([]);
  });

  it("call tools over the bridge, as their own VM", async () => {
    const post = `curl -sS -d '{"a": 1}' "$VIBEWRITER_BRIDGE/v1/tools/echo"`;
    expect(JSON.parse((await sh(post)).out)).toEqual({ result: { vm: "one", args: { a: 1 } } });
    expect((await sh(post.replace("echo", "none"))).out).toMatch(/unknown_tool/);
  });
});

describe("another VM", () => {
  it("has a policy and a pass of its own; without a policy it has no way out", async () => {
    await using two = await vms.create({ id: "two", template, egress: { allow: [] } });
    expect((await sh("curl -sS http://files.example.com/hello.txt", two)).out).toMatch(/may not do GET to files/);
    await vms.get("two", { egress });
    expect((await sh("curl -sS http://files.example.com/hello.txt", two)).out).toBe("hello from outside");
    await vms.get("two", { egress: { allow: [] } });
    expect((await sh("curl -sS http://files.example.com/hello.txt", two)).out).toMatch(/may not do GET to files/);
    expect(internet.audits.map(({ vm: id, outcome }) => `${id} ${outcome}`)).toEqual([
      "two refused",
      "two allowed",
      "two refused",
    ]);
  });

  it("with the token of the one that it was made of gets nowhere", async () => {
    await using stale = await vms.fork({ vm: "one" }, { id: "stale" });
    const get = "curl -sS http://files.example.com/hello.txt";
    expect((await sh(get, stale)).out).toMatch(/no current pass/);
    expect((await sh("curl -sS $VIBEWRITER_BRIDGE/v1/tools", stale)).out).toMatch(/no current pass/);
    expect(internet.audits).toMatchObject([
      { vm: "stale", door: "proxy", outcome: "refused", reason: "bad_token" },
      { vm: "stale", door: "bridge", outcome: "refused", reason: "bad_token" },
    ]);
  });

  it("made of the first one's memory is not the first one", async () => {
    await using fork = await vms.fork({ vm: "one" }, { id: "copy" });
    const get = "curl -sS http://files.example.com/hello.txt";
    expect((await Promise.all([sh(get), sh(get, fork)])).map(({ out }) => out)).toEqual(
      Array(2).fill("hello from outside"),
    );
    await vi.waitFor(() => expect(internet.audits).toHaveLength(2), 20_000);
    expect(internet.audits.map(({ vm: id, outcome }) => `${id} ${outcome}`).sort()).toEqual([
      "copy allowed",
      "one allowed",
    ]);
  });
});
