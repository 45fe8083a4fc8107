import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeCbor, encodeCbor } from "../../src/wire/cbor.js";
import { encodeFrame, type Frame, FrameDecoder, frameType } from "../../src/wire/frame.js";

/** The guest's end of one connection, in the hands of a test. */
export interface Peer {
  socket: Socket;
  tag: number;
  send(frame: Partial<Frame> & { type: Frame["type"] }): void;
}

export interface Script {
  /** Sent instead of an honest HELLO. */
  hello?: unknown;
  onFrame?: (frame: Frame, peer: Peer) => void;
}

const magic = Buffer.from([0x00, 0x56, 0x57, 0x52, 0x50, 0x43, 0x0d, 0x0a]);
const honest = {
  generation: 1,
  agent: "scripted",
  boot: "b",
  epoch: 0,
  configured: true,
  limits: { streams: 256, frame: 262_144, window: 1_048_576 },
};

/** A guest that greets as it should and then does what the test says: what a hostile VM could send. */
export async function scriptedGuest(script: Script) {
  const directory = await mkdtemp(join(tmpdir(), "vw-guest-"));
  const path = join(directory, "rpc");
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    serve(socket, script);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export const reply = (value: unknown) => encodeCbor(value as Parameters<typeof encodeCbor>[0]);
export const decoded = (frame: Frame) => decodeCbor(frame.payload);

function serve(socket: Socket, script: Script): void {
  let seen = Buffer.alloc(0);
  let peer: Peer | undefined;
  let decoder: FrameDecoder | undefined;
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    if (decoder === undefined || peer === undefined) {
      seen = Buffer.concat([seen, chunk]);
      const at = seen.indexOf(magic);
      if (at < 0 || seen.length < at + 16) return;
      const tag = seen.readUInt32BE(at + 12);
      const send: Peer["send"] = (frame) => socket.write(Buffer.concat(encodeFrame(frame, tag)));
      peer = { socket, tag, send };
      decoder = new FrameDecoder(tag);
      socket.write(seen.subarray(at, at + 16));
      send({ type: frameType.hello, payload: reply(script.hello ?? honest) });
      chunk = seen.subarray(at + 16);
    }
    for (const frame of decoder.push(chunk)) {
      if (frame.type !== frameType.hello) script.onFrame?.(frame, peer);
    }
  });
}
