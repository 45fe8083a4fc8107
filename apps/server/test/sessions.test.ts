import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import type { z } from "zod";
import { IdleTimer } from "../src/idle.js";
import { Listener } from "../src/listener.js";
import { Ended, type Program, Transferred } from "../src/sessions/contract.js";
import { encodeFrame, encodeJson, frameType, INPUT_WINDOW, SESSION_PROTOCOL } from "../src/sessions/frames.js";
import { serveSession } from "../src/sessions/serve.js";
import { Session } from "../src/sessions/session.js";
import type { SessionVm } from "../src/sessions/vm.js";
import { tempHome } from "./support/temp-home.js";

/** Programs of a VM that is not there: `cat`, `take N` of the input and wait, `wait` for a signal or the end. */
class ScriptedVm implements SessionVm {
  readonly isolation = "emulated";
  readonly signals: number[] = [];
  readonly files: SessionVm["files"];
  aborted = 0;
  taken = 0;
  written: string | undefined;
  #onSignal: (number: number) => void = () => undefined;

  constructor() {
    const vm = this;
    this.files = {
      async *readStream(path) {
        for (let i = 0; i < 64; i += 1) yield Buffer.alloc(65_536, i);
        if (path === "/broken") throw new Error("The disk broke.");
      },
      async writeStream(_, source) {
        let text = "";
        for await (const chunk of source()) text += Buffer.from(chunk).toString();
        vm.written = text;
      },
    };
  }

  exec: SessionVm["exec"] = async ({ argv = [], stdin, onStdout, signal }) => {
    const [name, n] = argv;
    signal?.addEventListener("abort", () => {
      this.aborted += 1;
    });
    const ended = new Promise<number>((resolve, reject) => {
      this.#onSignal = (number) => resolve(128 + number);
      signal?.addEventListener("abort", () => reject(new Error("ended")), { once: true });
    });
    ended.catch(() => undefined);
    let exitCode = 0;
    if (typeof stdin === "function") {
      if (name === "cat") for await (const chunk of stdin()) onStdout?.(chunk);
      if (name === "take") {
        for await (const chunk of stdin()) {
          this.taken += chunk.length;
          if (this.taken >= Number(n)) break;
        }
      }
    }
    if (name !== "cat") exitCode = await ended;
    const empty = new Uint8Array();
    return { exitCode, stdout: empty, stderr: empty, timedOut: false, truncated: false, durationMs: 1 };
  };

  signal: SessionVm["signal"] = async (_, number) => {
    this.signals.push(number);
    this.#onSignal(number);
  };

  terminal: SessionVm["terminal"] = () => Promise.reject(new Error("It has none."));
}

describe("a session", () => {
  let home: Awaited<ReturnType<typeof tempHome>>;
  let listener: Listener;
  let socket: string;
  let vm: ScriptedVm;
  const idle = new IdleTimer(1e6, () => undefined);
  let held = 0;

  beforeAll(async () => {
    home = await tempHome();
    socket = join(home.path, "s");
    const counting = {
      hold: () => {
        held += 1;
        const hold = idle.hold();
        return {
          [Symbol.dispose]: () => {
            held -= 1;
            hold[Symbol.dispose]();
          },
        };
      },
    };
    listener = await Listener.open(new Hono(), (_, stream) => serveSession(stream, async () => vm), socket, counting);
  });
  beforeEach(() => {
    vm = new ScriptedVm();
  });
  afterAll(async () => {
    await listener[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
    idle[Symbol.dispose]();
  });

  const run = (...argv: string[]) => Session.open(socket, "any", { type: "program", argv }, Ended);

  it("passes input and output of any length, each byte once", async () => {
    using session = await run("cat");
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 251));
    const sending = session.write(sent).then(() => session.end());
    const got: Buffer[] = [];
    let exitCode: number | undefined;
    for await (const said of session) {
      if (said.type === "stdout") got.push(said.bytes);
      if (said.type === "done") exitCode = said.result.exitCode;
    }
    await sending;
    expect(exitCode).toBe(0);
    expect(Buffer.concat(got).equals(sent)).toBe(true);
  });

  it("lets no more input wait than the window, and signals pass it by", async () => {
    using session = await run("take", "1000");
    const sending = session.write(Buffer.alloc(4 * INPUT_WINDOW));
    let said = "";
    for await (const { type } of session) {
      said = type;
      if (type === "started") session.signal(15);
    }
    expect(said).toBe("done");
    expect(await sending).toBe(false);
    expect(vm.signals).toEqual([15]);
  });

  it("ends the program when the client goes away, and holds the server no longer", async () => {
    const session = await run("wait");
    for await (const { type } of session) if (type === "started") break;
    await until(() => vm.aborted === 1 && held === 0);
    const cut = await run("wait");
    cut[Symbol.dispose]();
    await until(() => held === 0);
  });

  it("gets files in full, and says why when it cannot", async () => {
    const read = async (path: string) => {
      using session = await Session.open(socket, "any", { type: "read", path }, Transferred);
      let bytes = 0;
      for await (const said of session) {
        if (said.type === "stdout") bytes += said.bytes.length;
        if (said.type === "done") expect(said.result).toEqual({ bytes });
      }
      return bytes;
    };
    expect(await read("/whole")).toBe(64 * 65_536);
    await expect(read("/broken")).rejects.toThrow("The disk broke.");
  });

  it("puts a file only when its end has come", async () => {
    const start = { type: "write", path: "/f", mode: 0o644 } as const;
    {
      using session = await Session.open(socket, "any", start, Transferred);
      await session.write(Buffer.from("half of i"));
      for await (const { type } of session) if (type === "started") break;
    }
    await until(() => held === 0);
    expect(vm.written).toBeUndefined();
    using session = await Session.open(socket, "any", start, Transferred);
    await session.write(Buffer.from("all of it"));
    session.end();
    for await (const said of session) if (said.type === "done") expect(said.result).toEqual({ bytes: 9 });
    expect(vm.written).toBe("all of it");
  });

  describe("refuses", () => {
    const program: z.input<typeof Program> = { type: "program", argv: ["wait"] };
    const start = encodeJson(frameType.start, program);
    const long = Buffer.from([0xff, 0xff, 0xff, 0xff, frameType.input]);

    it.each<[what: string, bytes: Buffer, says: RegExp]>([
      ["a beginning without its start", encodeFrame(frameType.end), /begins with its start/],
      ["a start that is no JSON", encodeFrame(frameType.start, Buffer.from("{")), /bad_request/],
      ["a start with more than it knows", encodeJson(frameType.start, { ...program, user: "root" }), /user/],
      ["a start without a program", encodeJson(frameType.start, { ...program, argv: [] }), /argv/],
      ["a frame that says to be huge", long, /too long/],
      ["a second start", Buffer.concat([start, start]), /sends no frame 1/],
      ["a type that is none", Buffer.concat([start, encodeFrame(frameType.done)]), /sends no frame 20/],
      ["a signal that is none", Buffer.concat([start, encodeJson(frameType.signal, { signal: 99 })]), /signal/],
      [
        "a size without a terminal",
        Buffer.concat([start, encodeJson(frameType.resize, { rows: 1, cols: 1 })]),
        /no size/,
      ],
      ["more input than the window", Buffer.concat([start, ...inputs(5)]), /More input/],
    ])("%s", async (_, bytes, says) => {
      const connection = await upgraded(socket);
      connection.write(bytes);
      const said = Buffer.concat(await connection.toArray()).toString();
      expect(said).toMatch(says);
      await until(() => held === 0);
    });

    it("another protocol, and another path", async () => {
      for (const [path, protocol] of [
        ["/v1/vms/x/session", "websocket"],
        ["/v1/vms/x/exec", SESSION_PROTOCOL],
        ["/v1/vms/%ff/session", SESSION_PROTOCOL],
      ] as const) {
        const connection = await upgraded(socket, path, protocol);
        expect(Buffer.concat(await connection.toArray()).toString()).toMatch(/^HTTP\/1.1 400 /);
      }
    });
  });
});

function inputs(n: number): Buffer[] {
  return Array.from({ length: n }, () => encodeFrame(frameType.input, Buffer.alloc(65_536)));
}

async function upgraded(path: string, url = "/v1/vms/x/session", protocol: string = SESSION_PROTOCOL): Promise<Socket> {
  const connection = createConnection(path);
  await once(connection, "connect");
  connection.write(`GET ${url} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n\r\n`);
  return connection;
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); await sleep(10)) {
    if (Date.now() > deadline) throw new Error(`Not so after 10 s: ${condition}`);
  }
}
