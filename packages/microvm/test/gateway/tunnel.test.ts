import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import type { EgressPolicy } from "../../src/index.js";
import { authority } from "../support/certificate.js";
import { DoorGuest } from "../support/door-guest.js";
import { helloMessage, records, serverName } from "../support/hello.js";
import { TestInternet } from "../support/outside.js";

const run = promisify(execFile);
const open: EgressPolicy = { allow: [{ host: "files.example.com", ports: [443] }] };

let folder: string;
let internet: TestInternet;
let guest: DoorGuest;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vw-tunnel-"));
  await writeFile(join(folder, "ca.pem"), authority);
  await writeFile(join(folder, "hello.txt"), "hello");
  internet = new TestInternet();
  guest = await DoorGuest.open();
  internet.know("files.example.com", "other.example.net");
  await internet.https(443, async (request, response) => {
    const path = join(folder, normalize(new URL(request.url ?? "/", "http://x").pathname));
    const content = await readFile(path).catch(() => undefined);
    response.writeHead(content ? 200 : 404).end(content);
  });
});

afterEach(async () => {
  await guest[Symbol.asyncDispose]();
  await internet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const curl = (url: string, ...args: string[]) =>
  run("curl", ["-sS", "--proxy", guest.proxy, "--cacert", join(folder, "ca.pem"), "--max-time", "20", ...args, url]);

/** Asks for a tunnel and says `bytes` in it; what comes back after the proxy's answer. */
async function inTunnel(to: string, bytes: Buffer | string) {
  const socket = connect(guest.port("proxy"), "127.0.0.1");
  socket.on("error", () => socket.destroy());
  socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`);
  const heard: Buffer[] = [];
  const [head] = (await once(socket, "data")) as [Buffer];
  socket.on("data", (chunk: Buffer) => heard.push(chunk));
  socket.write(bytes);
  if (!socket.closed) await once(socket, "close");
  return { head: head.toString(), rest: Buffer.concat(heard) };
}

describe("a tunnel", () => {
  it("carries TLS to the server that it was opened for", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    expect((await curl("https://files.example.com/hello.txt")).stdout).toBe("hello");
    expect(internet.connected).toEqual(["93.184.215.14:443"]);
    const record = await internet.audit();
    expect(record).toMatchObject({ outcome: "allowed", method: "CONNECT", host: "files.example.com", port: 443 });
    expect(record.bytesUp).toBeGreaterThan(300);
    expect(record.bytesDown).toBeGreaterThan(500);
  });

  it("is how git clones", async () => {
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
    await using _ = guest.attach(internet.gateway(), open);
    const env = { ...process.env, https_proxy: guest.proxy, GIT_SSL_CAINFO: join(folder, "ca.pem") };
    const target = join(folder, "target");
    await run("git", ["clone", "-q", "https://files.example.com/repo.git", target], { env });
    expect(await readFile(join(target, "README"), "utf8")).toBe("cloned");
  });

  it.each([
    ["other.example.net:443", "not_allowed"],
    ["files.example.com:22", "not_allowed"],
    ["169.254.169.254:80", "direct_address"],
    ["93.184.215.14:443", "direct_address"],
    ["[::1]:443", "direct_address"],
    ["0x5db8d70e:443", "direct_address"],
    ["localhost:443", "private_address"],
    ["gateway:443", "private_address"],
    ["files.example.com:0443", "bad_request"],
  ])("to %s is refused and audited", async (to, reason) => {
    await using _ = guest.attach(internet.gateway(), open);
    const heard = await guest.say(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n\r\n`);
    expect(heard).toMatch(new RegExp(`^HTTP/1.1 40[03] .*x-vibewriter-refusal: ${reason}`, "s"));
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason, method: "CONNECT" });
    expect([internet.asked, internet.connected]).toEqual([[], []]);
  });

  it("is refused by a rule for other methods", async () => {
    await using _ = guest.attach(internet.gateway(), { allow: [{ host: "files.example.com", methods: ["GET"] }] });
    await expect(curl("https://files.example.com/hello.txt")).rejects.toThrow(/403/);
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason: "not_allowed" });
  });

  it("to a name that leads to a private address is refused", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    internet.names.set("files.example.com", ["::ffff:10.0.0.1"]);
    await expect(curl("https://files.example.com/hello.txt")).rejects.toThrow(/403/);
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason: "private_address" });
    expect(internet.connected).toEqual([]);
  });

  it.each<[string, Buffer | string, string]>([
    ["another server's name", records(helloMessage(serverName("other.example.net"))), "server_name_differs"],
    ["the name of a neighbour", records(helloMessage(serverName("xfiles.example.com"))), "server_name_differs"],
    ["no name", records(helloMessage(Buffer.alloc(0))), "no_server_name"],
    ["an address for a name", records(helloMessage(serverName("10.0.0.1"))), "direct_address"],
    ["plain http", "GET / HTTP/1.1\r\nHost: files.example.com\r\n\r\n", "not_tls"],
    ["ssh", "SSH-2.0-OpenSSH_9\r\n", "not_tls"],
  ])("with %s in it is cut before the server hears a byte", async (_what, bytes, reason) => {
    await using _ = guest.attach(internet.gateway(), open);
    const { head, rest } = await inTunnel("files.example.com:443", bytes);
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(rest).toEqual(Buffer.from([21, 3, 3, 0, 2, 2, 112]));
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason, bytesUp: 0 });
  });

  it("in which the name comes in pieces, and along with the CONNECT, is the same tunnel", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const hello = records(helloMessage(serverName("other.example.net")), 9);
    const socket = connect(guest.port("proxy"), "127.0.0.1");
    socket.on("error", () => socket.destroy());
    const closed = once(socket.resume(), "close");
    socket.write(
      Buffer.concat([
        Buffer.from("CONNECT files.example.com:443 HTTP/1.1\r\nHost: files.example.com\r\n\r\n"),
        hello.subarray(0, 20),
      ]),
    );
    for (let at = 20; at < hello.length; at += 7) {
      socket.write(hello.subarray(at, at + 7));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await closed;
    expect(await internet.audit()).toMatchObject({ outcome: "refused", reason: "server_name_differs" });
  });

  it("ends for both when the program goes, and does not leave the server's connection open", async () => {
    await using _ = guest.attach(internet.gateway(), open);
    const socket = connect(guest.port("proxy"), "127.0.0.1");
    socket.write("CONNECT files.example.com:443 HTTP/1.1\r\nHost: files.example.com\r\n\r\n");
    await once(socket, "data");
    const secure = connectTls({ socket, servername: "files.example.com", ca: authority });
    await once(secure, "secureConnect");
    expect(internet.openConnections).toBe(1);
    socket.destroy();
    await vi.waitFor(() => expect(internet.openConnections).toBe(0), 20_000);
    expect(await internet.audit()).toMatchObject({ outcome: "allowed", host: "files.example.com" });
  });

  it("counts against what the VM may send and receive", async () => {
    await writeFile(join(folder, "large.bin"), Buffer.alloc(300_000));
    await using _ = guest.attach(internet.gateway(), { ...open, maxBytes: 100_000 });
    await expect(curl("https://files.example.com/large.bin")).rejects.toThrow();
    const record = await internet.audit();
    expect(record).toMatchObject({ outcome: "failed", reason: "byte_limit" });
    expect(record.bytesDown).toBeLessThan(200_000);
  });
});
