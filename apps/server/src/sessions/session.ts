import { type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import { ServerError } from "../errors.js";
import { unreachable } from "../http-over-socket.js";
import { Done, Failed, type Start, Started } from "./contract.js";
import { decodeFrames, encodeJson, type Frame, frameType, jsonOf, SESSION_PROTOCOL } from "./frames.js";

/** Until the server has taken the session, in milliseconds; the start of the VM comes after that. */
const OPEN_MS = 30_000;

/** What a program says: bytes of one of its channels, or at last what it came to. */
export type Said =
  | { readonly type: "started"; readonly vm: Started }
  | { readonly type: "stdout" | "stderr"; readonly bytes: Buffer }
  | { readonly type: "done"; readonly result: Done };

/**
 * A program in a VM, from this end. Disposed before the program has ended, it is ended in the VM.
 *
 * ```ts
 * using session = await Session.open(socket, "alice", { argv: ["ls", "-l"] });
 * for await (const said of session) if (said.type === "stdout") process.stdout.write(said.bytes);
 * ```
 */
export class Session implements AsyncIterable<Said>, Disposable {
  readonly #stream: Duplex;

  private constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Throws ServerError `unreachable` or `timeout` when there is no server to take it. What the VM says comes with the iteration. */
  static async open(socket: string, id: string, start: Start): Promise<Session> {
    const session = new Session(await connect(socket, `/v1/vms/${encodeURIComponent(id)}/session`));
    session.#stream.write(encodeJson(frameType.start, start));
    return session;
  }

  /** All that is said, in order, each byte once. Throws ServerError with the VM's code. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Said> {
    try {
      for await (const frame of decodeFrames(this.#stream)) {
        const said = this.#said(frame);
        if (said) yield said;
        if (said?.type === "done") return;
      }
    } catch (cause) {
      throw cause instanceof ServerError ? cause : unreachable(cause);
    }
    throw unreachable(new Error("The session ended without its result."));
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }

  #said(frame: Frame): Said | undefined {
    switch (frame.type) {
      case frameType.stdout:
        return { type: "stdout", bytes: frame.payload };
      case frameType.stderr:
        return { type: "stderr", bytes: frame.payload };
      case frameType.started:
        return { type: "started", vm: Started.parse(jsonOf(frame)) };
      case frameType.done:
        return { type: "done", result: Done.parse(jsonOf(frame)) };
      case frameType.failed: {
        const { code, message } = Failed.parse(jsonOf(frame));
        throw new ServerError(code, message);
      }
      default:
        throw new ServerError("internal", "The server of this home is another version; run `vibewriter stop` first.");
    }
  }
}

function connect(socket: string, path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const headers = { connection: "Upgrade", upgrade: SESSION_PROTOCOL };
    const outgoing = request({ socketPath: socket, path, agent: false, headers });
    const timer = setTimeout(() => {
      outgoing.destroy(new ServerError("timeout", "The server does not answer; run `vibewriter stop` and try again."));
    }, OPEN_MS);
    const settle = (end: () => void) => {
      clearTimeout(timer);
      end();
    };
    outgoing.once("upgrade", (_response, stream, head) => {
      if (head.length > 0) stream.unshift(head);
      settle(() => resolve(stream));
    });
    outgoing.once("response", (response: IncomingMessage) => {
      response.resume();
      settle(() =>
        reject(new ServerError("internal", "The server of this home is another version; run `vibewriter stop` first.")),
      );
    });
    outgoing.once("error", (cause) => settle(() => reject(cause instanceof ServerError ? cause : unreachable(cause))));
    outgoing.end();
  });
}
