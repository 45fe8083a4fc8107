import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunRecord, type RunStatus } from "@vibewriter/agent/runs";
import { Backbone } from "@vibewriter/backbone";
import { Webhook as Verifier } from "standardwebhooks";
import { until } from "../../../../tests/support/until.js";
import { readConfig } from "../../src/config.js";
import { ServerError } from "../../src/errors.js";
import { Log } from "../../src/log.js";
import { NotifyConfig, takeNotifySecrets } from "../../src/notify/config.js";
import { Desktop } from "../../src/notify/desktop.js";
import { occasionOf } from "../../src/notify/notification.js";
import { Notifier } from "../../src/notify/notifier.js";
import { useNatsServer } from "../support/nats-server.js";
import { Mailbox, Receiver } from "../support/receiver.js";
import { tempHome } from "../support/temp-home.js";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const SOON = [50, 50, 50, 50];

let home: Awaited<ReturnType<typeof tempHome>>;
let backbone: Backbone;
let log: Log;
const runs = new Map<string, RunRecord>();

beforeAll(async () => {
  home = await tempHome();
  await useNatsServer();
  backbone = await Backbone.open({ home: home.path });
  log = new Log(join(home.path, "log"));
});
afterAll(async () => {
  for (const part of [backbone, log, home]) await part[Symbol.asyncDispose]();
});

/** @param name of the home, so that each test has a position of its own */
function open(name: string, notify: object, o: { secret?: string; smtpUrl?: string; waits?: number[] } = {}) {
  return Notifier.open({
    backbone,
    home: name,
    host: name.slice(1),
    config: NotifyConfig.notify.parse(notify),
    secrets: { webhookSecret: o.secret ?? SECRET, smtpUrl: o.smtpUrl },
    env: {},
    run: async (id) => {
      const run = runs.get(id);
      if (!run) throw new ServerError("run_not_found", `There is no run ${id}.`);
      return run;
    },
    log,
    waits: o.waits ?? SOON,
  });
}

/** A run comes into a state. */
async function happen(runId: string, status: RunStatus, more: Partial<RunRecord> = {}): Promise<void> {
  const words = {
    kind: "research",
    request: "Bees <b>in</b> cities\r\nBcc: eve@example.org",
    model: "offline",
    author: "me",
  };
  const paths = {
    out: "/tmp/out",
    folder: "/tmp/out/bees",
    sources: [],
    yes: false,
    createdAt: new Date().toISOString(),
  };
  runs.set(runId, RunRecord.parse({ runId, agentId: "main", ...words, ...paths, status, ...more }));
  await backbone.events.append(runId, "status", { status });
}

describe("the webhook", () => {
  it("is told of what happens from now on, signed, again under the same id until it is taken", async () => {
    await happen("old-run", "done");
    await using receiver = await Receiver.open((n) => (n < 2 ? 500 : 200));
    await using notifier = await open("/signed", { webhook: { url: receiver.url } });
    await happen("run-1", "running");
    await happen("run-1", "failed", { error: { code: "model_failed", message: "The model refused the key." } });
    await until(async () => receiver.received.length === 3, 10_000);
    await until(async () => (await notifier.status()).channels.every(({ pending }) => pending === 0), 10_000);
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(1);
    for (const { headers, body } of receiver.received) {
      expect(new Verifier(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
        type: "run.failed",
        data: { run: { runId: "run-1", error: { code: "model_failed" }, request: expect.not.stringContaining("\n") } },
      });
      expect(() => new Verifier(SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow();
    }
  });

  it("misses nothing and hears nothing twice over restarts", async () => {
    let status = 503;
    await using receiver = await Receiver.open(() => status);
    const config = { webhook: { url: receiver.url } };
    {
      await using _notifier = await open("/restart", config, { waits: [60_000, 60_000] });
      await happen("run-2", "waiting");
      await until(async () => receiver.received.length === 1, 10_000);
    }
    await happen("run-3", "done");
    await happen("run-4", "cancelled");
    status = 204;
    {
      // What waits for its next try is due again when there is a shorter wait than it was given.
      await using notifier = await open("/restart", config);
      await until(async () => receiver.received.length === 3, 10_000);
      await until(async () => (await notifier.status()).channels.every(({ pending }) => pending === 0), 10_000);
    }
    {
      await using _notifier = await open("/restart", config);
      await happen("run-5", "done");
      await until(async () => receiver.received.length === 4, 10_000);
    }
    const told = receiver.received.map(({ body }) => JSON.parse(body).data.run.runId);
    expect(told).toEqual(["run-2", "run-2", "run-3", "run-5"]);
    expect(receiver.received[0]?.headers["webhook-id"]).toBe(receiver.received[1]?.headers["webhook-id"]);
  });

  it("forgets what happened while it was turned off", async () => {
    await using receiver = await Receiver.open(() => 200);
    const config = { webhook: { url: receiver.url } };
    await (await open("/off", config))[Symbol.asyncDispose]();
    await (await open("/off", {}))[Symbol.asyncDispose]();
    await happen("run-off", "done");
    await using _notifier = await open("/off", config);
    await happen("run-on", "done");
    await until(async () => receiver.received.length === 1, 10_000);
    expect(receiver.received[0]?.body).toContain("run-on");
  });

  it("is left alone when it says so, and never followed elsewhere", async () => {
    await using receiver = await Receiver.open((n) => (n === 0 ? 410 : 302));
    await using notifier = await open("/gone", { webhook: { url: receiver.url } });
    await happen("run-6", "done");
    await until(async () => receiver.received.length === 1, 10_000);
    await until(async () => (await notifier.status()).channels.every(({ pending }) => pending === 0), 10_000);
    const { results } = await notifier.test("webhook");
    expect(results).toEqual([{ channel: "webhook", ok: false, message: expect.stringContaining("302") }]);
  });

  it("is sent nothing unsigned: it waits for its secret, and says so", async () => {
    await using receiver = await Receiver.open(() => 200);
    const config = { webhook: { url: receiver.url } };
    {
      await using notifier = await open("/unsigned", config, { secret: "hunter2hunter2hunter2" });
      await happen("run-7", "done");
      const told = await until(async () => {
        const status = await notifier.status();
        return status.channels.find(({ lastError }) => lastError !== null);
      }, 10_000);
      expect(told.lastError).toContain("VIBEWRITER_WEBHOOK_SECRET");
      expect(told.lastError).not.toContain("hunter2");
    }
    await using _notifier = await open("/unsigned", config);
    await until(async () => receiver.received.length === 1, 10_000);
  });

  it("hears only of what was asked for, and not of each answer in a chat", async () => {
    await using receiver = await Receiver.open(() => 200);
    await using _notifier = await open("/some", { on: ["waiting", "finished"], webhook: { url: receiver.url } });
    await happen("run-8", "failed");
    await backbone.events.append("run-without-a-record", "status", { status: "done" });
    await happen("run-of-another-host", "done", { origin: "elsewhere" });
    await happen("run-9", "waiting");
    await until(async () => receiver.received.length >= 1, 10_000);
    const told = receiver.received.map(({ body }) => JSON.parse(body).data.run.runId);
    expect(told).toEqual(["run-9"]);
    expect(occasionOf("done", "chat")).toBeUndefined();
    expect(occasionOf("waiting", "chat")).toBe("waiting");
  });
});

describe("e-mail", () => {
  const email = { from: "vibewriter@example.org", to: ["ada@example.org"] };

  it("is sent by SMTP, with nothing of the request in its headers", async () => {
    await using mailbox = await Mailbox.open();
    const smtpUrl = `smtp://ada:s3cret@127.0.0.1:${mailbox.port}`;
    await using notifier = await open("/mail", { email }, { smtpUrl });
    await happen("run-10", "done");
    await until(async () => mailbox.messages.length === 1, 10_000);
    const [head = "", ...rest] = mailbox.messages[0]?.split("\r\n\r\n") ?? [];
    const body = rest.join("\n");
    expect(head).toMatch(/^Message-ID: <ntf_[0-9a-f]{32}@vibewriter>$/im);
    expect(head).toMatch(/^Subject: Vibewriter: Run finished$/m);
    expect(head).not.toMatch(/^Bcc:/im);
    expect(body).toContain("vibewriter runs run-10");
    expect((await notifier.test("email")).results).toEqual([{ channel: "email", ok: true, message: "Delivered." }]);
  });

  it("says what is wrong without the password, and gives up what the server refuses for good", async () => {
    await using mailbox = await Mailbox.open();
    const at = `127.0.0.1:${mailbox.port}`;
    await using wrong = await open("/wrong", { email }, { smtpUrl: `smtp://ada:wr0ng@${at}` });
    const { results } = await wrong.test();
    expect(results).toEqual([{ channel: "email", ok: false, message: expect.stringContaining("VIBEWRITER_SMTP_URL") }]);
    expect(JSON.stringify(results)).not.toContain("wr0ng");
    const nobody = { ...email, to: ["nobody@example.org"] };
    await using refused = await open(
      "/refused",
      { email: nobody },
      { smtpUrl: `smtp://ada:s3cret@${at}`, waits: [60_000] },
    );
    await happen("run-11", "failed");
    const givenUp = /"event":"notification given up","channel":"email"/;
    await until(async () => givenUp.test(await readFile(join(home.path, "log"), "utf8")), 10_000);
    expect((await refused.status()).channels.find(({ channel }) => channel === "email")).toMatchObject({ pending: 0 });
    expect(mailbox.messages).toEqual([]);
  });
});

describe("the desktop", () => {
  const notification = { id: "n", type: "test" as const, time: "", title: "-t", text: '<b>$(touch x)</b> "; y' };

  it("is shown each text as one argument, through no shell and without markup", async () => {
    const bin = join(home.path, "bin");
    await mkdir(bin, { recursive: true });
    const script = '#!/bin/sh\nfor word in "$@"; do echo "[$word]"; done > "$(dirname "$0")/args"\n';
    await writeFile(join(bin, "notify-send"), script);
    await chmod(join(bin, "notify-send"), 0o755);
    const PATH = `${bin}:${process.env.PATH}`;
    await new Desktop({ env: { PATH, DISPLAY: ":0" }, platform: "linux" }).send(notification);
    const args = await readFile(join(bin, "args"), "utf8");
    expect(args).toBe('[--app-name=Vibewriter]\n[--]\n[-t]\n[&lt;b&gt;$(touch x)&lt;/b&gt; "; y]\n');
    await expect(new Desktop({ env: { PATH }, platform: "linux" }).send(notification)).rejects.toMatchObject({
      retry: false,
      message: expect.stringContaining("no desktop"),
    });
  });
});

describe("what can be set", () => {
  it("is checked when the home is opened, and its secrets are taken out of the environment", async () => {
    const path = join(home.path, "config.json");
    const read = async (notify: object) => {
      await writeFile(path, JSON.stringify({ notify }));
      return await readConfig(path, {});
    };
    for (const url of ["https://example.org/hook", "https://10.0.0.8/hook", "http://127.0.0.1:9/x", "http://[::1]:9/x"])
      expect((await read({ webhook: { url } })).notify.webhook).toEqual({ url });
    for (const url of [
      "http://example.org/hook",
      "http://10.0.0.8/x",
      "ftp://example.org/x",
      "hook",
      "http://127.0.0.1.example.org/",
    ])
      await expect(read({ webhook: { url } })).rejects.toMatchObject({
        code: "bad_config",
        message: expect.stringContaining("notify.webhook.url"),
      });
    await expect(read({ emial: {} })).rejects.toMatchObject({ code: "bad_config" });
    await expect(read({ email: { from: "me", to: ["a@b"] } })).rejects.toThrow(/notify.email.from/);
    const env = { VIBEWRITER_WEBHOOK_SECRET: SECRET, VIBEWRITER_SMTP_URL: "", HOME: "/" };
    expect(takeNotifySecrets(env)).toEqual({ webhookSecret: SECRET, smtpUrl: undefined });
    expect(env).toEqual({ HOME: "/" });
  });

  it("names what is missing when a test is asked for", async () => {
    await using notifier = await open("/nothing", {});
    await expect(notifier.test()).rejects.toMatchObject({ code: "bad_request" });
    await expect(notifier.test("email")).rejects.toThrow(/not set up; set notify in \/nothing\/config.json/);
    expect((await notifier.status()).channels.map(({ isOn }) => isOn)).toEqual([false, false, false]);
  });
});
