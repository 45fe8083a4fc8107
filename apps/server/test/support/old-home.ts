import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { jetstream, jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";
import { findNatsServer, NatsServer } from "@vibewriter/backbone";
import { z } from "zod";

/** All that release 0.1.0 stored of one finished run, message by message: each stream's configuration, then its messages. */
const FIXTURE = new URL("../fixtures/home-0.1.0.jsonl.gz", import.meta.url);

const Stream = z.object({ stream: z.looseObject({ name: z.string() }) });
const Message = z.object({
  seq: z.int(),
  subject: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])).default([]),
  text: z.string().optional(),
  base64: z.string().optional(),
});

/** The run that is done, its article, and a second run that was being driven when its server ended. */
export const OLD = {
  run: "run-t83vju46zj9b",
  lost: "run-lostlostlost",
  article: "ffe805df234296e08b775fec",
  events: 72,
} as const;

/** Writes a home as release 0.1.0 left it, with the streams and messages that it wrote, at the same places. */
export async function writeOldHome(home: string): Promise<void> {
  const binary = await findNatsServer({ home });
  if (!binary) throw new Error("There is no nats-server; set NATS_SERVER_BIN.");
  const runDir = join(home, "nats");
  await using server = await NatsServer.start({ binary, runDir, dataDir: join(runDir, "jetstream") });
  const { user, password } = server.credentials;
  const connection = await connect({ servers: server.url.replace("nats://", ""), user, pass: password });
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const js = jetstream(connection);
  let next = 1;
  for (const line of gunzipSync(readFileSync(FIXTURE)).toString("utf8").trim().split("\n")) {
    const value: unknown = JSON.parse(line);
    const stream = Stream.safeParse(value);
    if (stream.success) {
      await manager.streams.add(stream.data.stream as unknown as StreamConfig);
      next = 1;
      continue;
    }
    const { seq, subject, headers: pairs, text, base64 } = Message.parse(value);
    // What was overwritten has left a gap, and a place in a stream may be meant by other messages.
    for (; next < seq; next += 1) await js.publish(subject, "overwritten");
    const h = headers();
    for (const [name, content] of pairs) if (!name.startsWith("Nats-Expected-")) h.append(name, content);
    const { seq: stored } = await js.publish(subject, text ?? Buffer.from(base64 ?? "", "base64"), { headers: h });
    if (stored !== seq) throw new Error(`${subject} is at ${stored}, not at ${seq}`);
    next = seq + 1;
  }
  const done = await manager.streams.getMessage("KV_VIBEWRITER_RUNS", {
    last_by_subj: `$KV.VIBEWRITER_RUNS.${OLD.run}`,
  });
  const { result: _, finishedAt: __, ...record } = z.looseObject({}).parse(done?.json());
  const lost = { ...record, runId: OLD.lost, status: "running", owner: "4711" };
  await js.publish(`$KV.VIBEWRITER_RUNS.${OLD.lost}`, JSON.stringify(lost));
  await connection.close();
}
