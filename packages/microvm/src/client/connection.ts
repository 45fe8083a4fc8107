import type { Socket } from "node:net";
import type { RpcAddress } from "../drivers/driver.js";
import { MicroVMError } from "../errors.js";
import { type CborValue, encodeCbor } from "../wire/cbor.js";
import { type Frame, FrameDecoder, frameType, maxCallPayload, violation } from "../wire/frame.js";
import { type GuestHello, goaway, guestHello, type Op, parsePayload, type ResultOf } from "../wire/messages.js";
import { makePreamble, type Preamble, PreambleFinder } from "../wire/preamble.js";
import { Call, type CallRequest } from "./call.js";
import { dialGuest } from "./dial.js";
import { accept, type DoorName, type DoorStream } from "./door.js";
import { FrameWriter, type OutgoingFrame } from "./frame-writer.js";
import { Pings } from "./pings.js";

export interface ConnectOptions {
  /** Time until the guest must have said HELLO. */
  deadlineMs: number;
  /** True where the guest is known to hunt (a stream never used, or left with GOAWAY): the preamble goes without its pad. */
  fresh?: boolean;
  /** Asked while nothing answers: true if nothing ever will. */
  isDoomed?: () => boolean;
}

const clientName = "vibewriter-microvm";
/** A preamble that is not answered by then is sent again, with the pad and a new nonce. */
const answerMs = 1_000;
/** Calls at once on one connection, whatever a guest offers. */
const maxStreams = 256;
/** Frames handled before the other VMs of this process get a turn: so much delays a guest that floods the others, and no more. */
const maxFramesAtOnce = 512;
/** Ids are forgotten in batches, so that the common call costs no frame of its own. */
const forgetBatch = 256;

/**
 * One connection to a guest agent: a preamble, HELLO on both sides, then any number of calls at once.
 * The guest is hostile: whatever it sends can only close this connection.
 */
export class Connection {
  /** Resolves with the reason when the connection is over. Never rejects. */
  readonly closed: Promise<MicroVMError>;
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  readonly #calls = new Map<number, Call>();
  /** Calls for which the guest has no stream left yet, oldest first. */
  #waiting: { call: Call; message: Uint8Array }[] = [];
  readonly #pings = new Pings();
  #state: "hunting" | "hello" | "open" | "closed" = "hunting";
  #preamble: Preamble;
  #finder: PreambleFinder;
  #decoder: FrameDecoder;
  #lastStream = 0;
  #forgotten: string[] = [];
  #hello: GuestHello | undefined;
  #greeted: ((hello: GuestHello) => void) | undefined;
  #framesSinceRest = 0;
  #owesPong = false;
  #markClosed: ((error: MicroVMError) => void) | undefined;
  #reason: MicroVMError | undefined;

  private constructor(socket: Socket, fresh: boolean) {
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    this.#preamble = makePreamble(!fresh);
    this.#finder = new PreambleFinder(this.#preamble.answer);
    this.#decoder = new FrameDecoder(this.#preamble.tag);
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", (cause) => this.#end(lost("the stream failed", cause)));
    socket.on("close", () => this.#end(lost("the stream ended")));
    socket.resume();
    socket.write(this.#preamble.bytes);
  }

  /** Connects to a VM's byte stream (a text is the path of its socket), waiting for it to appear. Throws MicroVMError `connection_lost`. */
  static async open(address: string | RpcAddress, options: ConnectOptions): Promise<Connection> {
    const deadline = Date.now() + options.deadlineMs;
    const at = typeof address === "string" ? { path: address } : address;
    const socket = await dialGuest(at, deadline, options.isDoomed);
    const connection = new Connection(socket, options.fresh ?? false);
    const retry = setInterval(() => connection.#sendPreambleAgain(), answerMs);
    const giveUp = setTimeout(
      () => connection.#end(lost(`the agent in the VM did not answer within ${options.deadlineMs / 1000} s`)),
      deadline - Date.now(),
    );
    try {
      const greeting = new Promise<GuestHello>((resolve) => {
        connection.#greeted = resolve;
      });
      const outcome = await Promise.race([greeting, connection.closed]);
      if (outcome instanceof MicroVMError) throw outcome;
      return connection;
    } finally {
      clearInterval(retry);
      clearTimeout(giveUp);
    }
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** What the guest said of itself when this connection was opened. */
  get hello(): GuestHello {
    if (this.#hello === undefined) throw lost("the agent has not said hello");
    return this.#hello;
  }

  /** Sends one call and resolves with its checked result. Throws MicroVMError with the guest's code or the host's. */
  async call<O extends Op>(request: CallRequest<O>): Promise<ResultOf<O>> {
    if (this.#state !== "open") throw this.#reason ?? lost("it is not open");
    const content: Record<string, CborValue | undefined> = { op: request.op, id: request.id, args: request.args };
    const message = encodeCbor(content);
    if (message.length > maxCallPayload) {
      const text = `The arguments of "${request.op}" take ${message.length} bytes, at most ${maxCallPayload} are allowed; write the content to a file and use that.`;
      throw new MicroVMError("too_large", text);
    }
    const call = new Call(request, { send: (frame) => this.#send(frame), drained: () => this.#writer.drained() });
    this.#waiting.push({ call: call as unknown as Call, message });
    this.#openWaiting();
    return call.done;
  }

  /**
   * Waits for a program in the VM to connect to a door, and resolves with its connection. `signal` ends the waiting, and means
   * nothing afterwards. Throws MicroVMError `cancelled` after the signal, `connection_lost`.
   */
  accept(door: DoorName, signal?: AbortSignal): Promise<DoorStream> {
    return accept({ call: (request) => this.call(request), breakOff: (error) => this.breakOff(error) }, door, signal);
  }

  /** Round trip in milliseconds. Throws `timed_out` after `deadlineMs`, `connection_lost` if the connection ends. */
  async ping(deadlineMs: number): Promise<number> {
    if (this.#state !== "open") throw this.#reason ?? lost("it is not open");
    return this.#pings.ping((payload) => this.#send({ type: frameType.ping, payload }), deadlineMs);
  }

  /** Closes at once, because the guest broke the rules in what a call brought. */
  breakOff(error: MicroVMError): void {
    this.#end(error);
  }

  /** Lets the guest drop what it keeps for an operation id whose reply has been used. */
  forget(id: string): void {
    this.#forgotten.push(id);
    if (this.#forgotten.length >= forgetBatch) this.flushForgotten();
  }

  /** Sends the ids gathered by `forget`. */
  flushForgotten(): void {
    if (this.#forgotten.length === 0 || this.#state !== "open") return;
    this.#send({ type: frameType.forget, payload: encodeCbor(this.#forgotten) });
    this.#forgotten = [];
  }

  /** Says GOAWAY and closes. Operations with an id run on in the guest. Resolves when the bytes have been handed over. */
  async close(): Promise<void> {
    if (this.#state === "closed") return;
    if (this.#state === "open") {
      this.flushForgotten();
      this.#send({ type: frameType.goaway, payload: encodeCbor({ code: "closed", message: "the host is done" }) });
    }
    const flushed = new Promise<void>((resolve) => this.#socket.end(resolve));
    const late = new Promise<void>((resolve) => setTimeout(resolve, answerMs).unref());
    await Promise.race([flushed, late]);
    this.#end(lost("the host closed it"));
  }

  /** Opens calls as long as the guest has streams for them; one that was given up meanwhile never leaves. */
  #openWaiting(): void {
    const most = Math.max(1, Math.min(this.hello.limits.streams, maxStreams));
    while (this.#state === "open" && this.#calls.size < most) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (next.call.isOver) continue;
      const stream = ++this.#lastStream;
      this.#calls.set(stream, next.call);
      next.call.open(stream, next.message);
    }
  }

  #sendPreambleAgain(): void {
    // Nothing was read yet of what is queued: more of it would only grow the queue.
    if (this.#state !== "hunting" || this.#socket.writableLength > 0) return;
    this.#preamble = makePreamble(true);
    this.#finder = new PreambleFinder(this.#preamble.answer);
    this.#decoder = new FrameDecoder(this.#preamble.tag);
    this.#socket.write(this.#preamble.bytes);
  }

  #receive(chunk: Uint8Array): void {
    try {
      let bytes: Uint8Array | undefined = chunk;
      if (this.#state === "hunting") {
        bytes = this.#finder.push(chunk);
        if (bytes === undefined) return;
        this.#state = "hello";
        this.#send({ type: frameType.hello, payload: encodeCbor({ generations: [1], client: clientName }) });
      }
      for (const frame of this.#decoder.push(bytes)) {
        if (this.#state === "closed") return;
        this.#framesSinceRest += 1;
        this.#dispatch(frame);
      }
      this.#rest();
    } catch (error) {
      this.#end(error instanceof MicroVMError ? error : lost("a frame could not be handled", error));
    }
  }

  /** Reads no further for now where a guest sends more frames than others have time for, or does not take what it asked for. */
  #rest(): void {
    const isSlow = this.#owesPong && this.#writer.isFull;
    this.#owesPong = false;
    if (this.#framesSinceRest < maxFramesAtOnce && !isSlow) return;
    this.#socket.pause();
    const goOn = () => {
      this.#framesSinceRest = 0;
      this.#socket.resume();
    };
    if (isSlow) this.#writer.drained().then(goOn);
    else setImmediate(goOn);
  }

  #dispatch(frame: Frame): void {
    if (this.#state === "hello") {
      if (frame.type === frameType.goaway) throw refused(frame.payload);
      if (frame.type !== frameType.hello) throw violation("a first frame that is not HELLO");
      this.#hello = parsePayload(guestHello, frame.payload, "HELLO");
      this.#state = "open";
      this.#greeted?.(this.#hello);
      return;
    }
    switch (frame.type) {
      case frameType.data:
      case frameType.reply:
      case frameType.window: {
        const call = this.#calls.get(frame.stream);
        if (call === undefined) {
          // A grant may cross our last frame; anything else on a finished stream is a fault.
          if (frame.type === frameType.window && frame.stream <= this.#lastStream) return;
          throw violation(`type ${frame.type} on stream ${frame.stream}, which is not open`);
        }
        if (!call.take(frame)) return;
        this.#calls.delete(frame.stream);
        this.#openWaiting();
        return;
      }
      case frameType.ping:
        this.#owesPong = true;
        this.#send({ type: frameType.pong, payload: frame.payload });
        return;
      case frameType.pong:
        this.#pings.answer(frame.payload);
        return;
      case frameType.goaway:
        throw refused(frame.payload);
      default:
        throw violation(`type ${frame.type} from a guest`);
    }
  }

  #send(frame: OutgoingFrame): void {
    if (this.#state === "closed") throw this.#reason ?? lost("it is closed");
    this.#writer.send(frame, this.#preamble.tag);
  }

  #end(error: MicroVMError): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#reason = error;
    this.#socket.destroy();
    const calls = [...this.#calls.values(), ...this.#waiting.map(({ call }) => call)];
    this.#calls.clear();
    this.#waiting = [];
    for (const call of calls) call.fail(error);
    this.#pings.fail(error);
    this.#writer.release();
    this.#markClosed?.(error);
  }
}

function refused(payload: Uint8Array): MicroVMError {
  const { code, message } = parsePayload(goaway, payload, "GOAWAY");
  return lost(`the agent ended it: ${code}, ${message}`);
}

function lost(why: string, cause?: unknown): MicroVMError {
  const text = `The connection to the VM was lost (${why}); try the call again.`;
  return new MicroVMError("connection_lost", text, { cause });
}
