import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createUser } from "@nats-io/nkeys";
import { Backbone } from "../src/backbone.js";
import { type ConnectionOptions, dial } from "../src/connection/dial.js";
import { Link } from "../src/link/link.js";
import { TestAuthority } from "./support/certificates.js";
import { type ConfiguredServer, configuredServer } from "./support/configured-server.js";
import { temporaryHome, until } from "./support/home.js";
import { speaker } from "./support/speaker.js";

const user = createUser();
const publicKey = user.getPublicKey();
const seed = new TextDecoder().decode(user.getSeed());
const authorization = `authorization { users: [{ nkey: ${publicKey} }, { user: ada, password: "s3cret" }] }`;

let home: Awaited<ReturnType<typeof temporaryHome>>;
let authority: TestAuthority;
const at = (name: string) => join(home.path, name);

beforeAll(async () => {
  home = await temporaryHome();
  authority = await TestAuthority.make(home.path, "authority");
  await Promise.all([
    writeFile(at("user.nk"), `${seed}\n`, { mode: 0o600 }),
    writeFile(at("stranger.nk"), createUser().getSeed(), { mode: 0o600 }),
    writeFile(at("open.nk"), seed, { mode: 0o600 }).then(() => chmod(at("open.nk"), 0o640)),
    writeFile(at("cut.nk"), seed.slice(0, -1), { mode: 0o600 }),
    writeFile(
      at("mistyped.nk"),
      seed.replace(/(?<=^.{20})./, (one) => (one === "A" ? "B" : "A")),
      { mode: 0o600 },
    ),
  ]);
});
afterAll(() => home[Symbol.asyncDispose]());

async function withServer(config: string, test: (server: ConfiguredServer) => Promise<void>): Promise<void> {
  const folder = at(`server-${Math.random().toString(36).slice(2)}`);
  await mkdir(folder);
  await using server = await configuredServer(folder, config);
  await test(server);
}

/** Connects, asks the server something, and says under which prefix the answer came. */
async function reach(o: ConnectionOptions): Promise<string> {
  const connection = await dial(o);
  try {
    const answered = connection.subscribe("ask", { callback: (_, message) => void message.respond(message.reply) });
    const answer = await connection.request("ask", "", { timeout: 5_000 });
    answered.unsubscribe();
    return answer.string().split(".")[0] ?? "";
  } finally {
    await connection.close();
  }
}

test("connects with an NKey in a private file, under an inbox prefix of its own; or with a password in the URL", async () => {
  await withServer(authorization, async ({ port }) => {
    const url = `nats://127.0.0.1:${port}`;
    expect(await reach({ url, credentials: { nkeyFile: at("user.nk") } })).toBe(`_INBOX_${publicKey}`);
    expect(await reach({ url: url.replace("//", "//ada:s3cret@") })).toBe("_INBOX");
  });
});

test("connects with a credentials file, a JWT and a seed", async () => {
  // A server takes any JWT here: what it says is checked by `nsc`'s operators, what we do with the file is checked here.
  const claims = Buffer.from(JSON.stringify({ sub: publicKey })).toString("base64url");
  const creds = `-----BEGIN NATS USER JWT-----\neyJhbGciOiJlZCJ9.${claims}.c2ln\n------END NATS USER JWT------\n
-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
  await writeFile(at("user.creds"), creds, { mode: 0o600 });
  await withServer(authorization, async ({ port }) => {
    const o = { url: `nats://127.0.0.1:${port}`, credentials: { credsFile: at("user.creds") } };
    expect(await reach(o)).toBe(`_INBOX_${publicKey}`);
  });
});

test.each([
  ["a missing file", { nkeyFile: "missing.nk" }, "is not there"],
  ["a file that others can read", { nkeyFile: "open.nk" }, "chmod 600"],
  ["half a seed", { nkeyFile: "cut.nk" }, "does not hold"],
  ["a mistyped seed", { nkeyFile: "mistyped.nk" }, "does not hold a whole seed"],
  ["a seed where a JWT should be", { credsFile: "user.nk" }, "does not hold NATS credentials"],
])("%s is told before anybody is called", async (_what, files, sentence) => {
  const credentials = Object.fromEntries(Object.entries(files).map(([kind, name]) => [kind, at(name)]));
  const dialled = dial({ url: "nats://127.0.0.1:1", credentials: credentials as ConnectionOptions["credentials"] });
  await expect(dialled).rejects.toMatchObject({ code: "bad_config", message: expect.stringContaining(sentence) });
  await expect(dialled).rejects.not.toThrow(seed);
});

test("credentials that the server does not know are refused, with what to check; one place for them is enough", async () => {
  await withServer(authorization, async ({ port }) => {
    const url = `nats://127.0.0.1:${port}`;
    const stranger = dial({ url, credentials: { nkeyFile: at("stranger.nk") } });
    await expect(stranger).rejects.toMatchObject({ code: "refused", message: expect.stringContaining("stranger.nk") });
    await expect(dial({ url })).rejects.toMatchObject({ code: "refused" });
    const both = dial({ url: url.replace("//", "//ada:s3cret@"), credentials: { nkeyFile: at("user.nk") } });
    await expect(both).rejects.toMatchObject({ code: "bad_config" });
  });
  const secret = dial({ url: "http://ada:s3cret@127.0.0.1:1" });
  await expect(secret).rejects.toMatchObject({ code: "invalid", message: expect.not.stringContaining("s3cret") });
});

test("what is not NATS is told: a web server, and something else", { timeout: 60_000 }, async () => {
  await using web = await speaker((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  });
  await using other = await speaker((socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
  await Promise.all([
    expect(dial({ url: web.url })).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringMatching(/^A web server answers at 127\.0\.0\.1:\d+; correct NATS_URL/),
    }),
    expect(dial({ url: other.url })).rejects.toMatchObject({
      code: "bad_config",
      message: expect.stringMatching(/^Something else than NATS answers/),
    }),
  ]);
});

test("a server without JetStream, and an account without it, are told at once, with what to do", async () => {
  const told = async (url: string, sentence: string) => {
    const opened = Backbone.open({ home: home.path, url });
    await expect(opened).rejects.toMatchObject({ code: "no_jetstream", message: expect.stringContaining(sentence) });
  };
  await withServer("", ({ port }) => told(`nats://127.0.0.1:${port}`, "start it with --jetstream"));
  const accounts = `accounts {
    PLAIN { users: [{ user: ada, password: "s3cret" }] }
    KEEPS { jetstream: enabled, users: [{ user: bob, password: "s3cret" }] }
  }
  jetstream { store_dir: "${at("accounts")}" }`;
  await withServer(accounts, async ({ port }) => {
    await told(`nats://ada:s3cret@127.0.0.1:${port}`, "jetstream: enabled");
    await using backbone = await Backbone.open({ home: home.path, url: `nats://bob:s3cret@127.0.0.1:${port}` });
    expect(await backbone.events.append("run", "n", 1)).toBe(1);
  });
});

test("credentials that are revoked later end the connection, and its calls say so", async () => {
  await withServer(`${authorization}\njetstream { store_dir: "${at("revoked")}" }`, async (server) => {
    const url = `nats://127.0.0.1:${server.port}`;
    await using link = await linkOver({ url, credentials: { nkeyFile: at("user.nk") } });
    await link.value.patiently("answer", () => link.value.jsm.getAccountInfo());
    await server.reload(
      `authorization { users: [{ user: ada, password: "s3cret" }] }\njetstream { store_dir: "${at("revoked")}" }`,
    );
    await until(() => link.value.closed.aborted);
    const call = link.value.patiently("answer", () => link.value.jsm.getAccountInfo());
    await expect(call).rejects.toMatchObject({ code: "refused" });
  });
});

async function linkOver(o: ConnectionOptions): Promise<{ value: Link } & AsyncDisposable> {
  const connection = await dial(o);
  return { value: await Link.over(connection), [Symbol.asyncDispose]: () => connection.close() };
}

describe("TLS", () => {
  const tls = ({ cert, key }: { cert: string; key: string }, more = "") =>
    `tls { cert_file: "${cert}", key_file: "${key}", ${more} }`;

  test("the server's certificate must be signed by the authority that is named, for the host that is named", async () => {
    const ca = authority.files.cert;
    await withServer(tls(await authority.sign("DNS:localhost")), async ({ port }) => {
      expect(await reach({ url: `tls://localhost:${port}`, tls: { ca } })).toBe("_INBOX");
      // By address: a certificate for "localhost" is not one for every machine.
      const byAddress = dial({ url: `tls://127.0.0.1:${port}`, tls: { ca } });
      await expect(byAddress).rejects.toMatchObject({
        code: "untrusted",
        message: expect.stringContaining("not for 127.0.0.1"),
      });

      const unknown = dial({ url: `tls://localhost:${port}` });
      await expect(unknown).rejects.toMatchObject({
        code: "untrusted",
        message: expect.stringContaining("VIBEWRITER_NATS_CA"),
      });
      const other = await TestAuthority.make(home.path, "other");
      const wrong = dial({ url: `tls://localhost:${port}`, tls: { ca: other.files.cert } });
      await expect(wrong).rejects.toMatchObject({ code: "untrusted", message: expect.stringContaining("authority") });
    });
    await withServer(tls(await authority.sign("IP:127.0.0.1")), async ({ port }) => {
      expect(await reach({ url: `tls://127.0.0.1:${port}`, tls: { ca } })).toBe("_INBOX");
      await expect(dial({ url: `tls://localhost:${port}`, tls: { ca } })).rejects.toMatchObject({ code: "untrusted" });
    });
  });

  test("an expired certificate, and no TLS where it was demanded, are refused here", async () => {
    await withServer(tls(await authority.sign("DNS:localhost", { days: -1 })), async ({ port }) => {
      const expired = dial({ url: `tls://localhost:${port}`, tls: { ca: authority.files.cert } });
      await expect(expired).rejects.toMatchObject({
        code: "untrusted",
        message: expect.stringContaining("has expired"),
      });
    });
    await withServer("", async ({ port }) => {
      const plain = dial({ url: `tls://localhost:${port}` });
      await expect(plain).rejects.toMatchObject({
        code: "untrusted",
        message: expect.stringContaining("offers no TLS"),
      });
    });
  });

  test("a server that asks for a client certificate lets in who has one of its authority, and nobody else", async () => {
    const [own, clients] = [await authority.sign("DNS:localhost"), await TestAuthority.make(home.path, "clients")];
    const mine = await clients.sign("DNS:client");
    const stale = await clients.sign("DNS:client", { days: -1 });
    const foreign = await authority.sign("DNS:client");
    await withServer(tls(own, `ca_file: "${clients.files.cert}", verify: true`), async ({ port }) => {
      const url = `tls://localhost:${port}`;
      const ca = authority.files.cert;
      expect(await reach({ url, tls: { ca, ...mine } })).toBe("_INBOX");
      await Promise.all([
        expect(dial({ url, tls: { ca } })).rejects.toMatchObject({
          code: "refused",
          message: expect.stringContaining("VIBEWRITER_NATS_CERT"),
        }),
        expect(dial({ url, tls: { ca, ...foreign } })).rejects.toMatchObject({ code: "refused" }),
        expect(dial({ url, tls: { ca, ...stale } })).rejects.toMatchObject({ code: "refused" }),
      ]);

      const lonely = dial({ url, tls: { ca, cert: mine.cert } });
      await expect(lonely).rejects.toMatchObject({
        code: "bad_config",
        message: expect.stringContaining("needs its key"),
      });
      await chmod(mine.key, 0o644);
      await expect(dial({ url, tls: { ca, ...mine } })).rejects.toThrow("chmod 600");
      await expect(dial({ url, tls: { ca: at("user.nk") } })).rejects.toThrow("no certificate in PEM");
    });
  });
});
