import { type AuditTrail, exportLines, fingerprint, type OpenedRecord } from "@vibewriter/backbone";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { AuditEntriesQuery, type AuditedEntry, AuditQuery, type ClosedRecord } from "../audit/api.js";
import { parse } from "../parse.js";
import { failedEvent } from "./http.js";
import { answerWork } from "./work.js";

/** What the routes need of the audit. */
export type AuditService = Pick<
  AuditTrail,
  "agents" | "anchor" | "anchors" | "publicKey" | "reach" | "read" | "signExport" | "verify" | "written"
>;

const HEARTBEAT_MS = 10_000;

/** `/v1/audit`: what agents did and asked for, whether it is all there, and all of it as a file. */
export function auditRoutes(audit: () => AuditService): Hono {
  const app = new Hono();
  app.get("/entries", (c) => {
    const { agent, follow, ...wanted } = parse(AuditEntriesQuery, c.req.query());
    const trail = audit();
    return streamSSE(c, async (stream) => {
      const ended = new AbortController();
      stream.onAbort(() => ended.abort());
      const heartbeat = setInterval(() => void stream.write(": \n\n"), HEARTBEAT_MS);
      const tell = (event: string, value: unknown) => stream.writeSSE({ event, data: JSON.stringify(value) });
      try {
        await Promise.all((agent === undefined ? await trail.agents() : [agent]).map((one) => trail.written(one)));
        for await (const opened of trail.read({ agent, live: follow !== undefined, signal: ended.signal })) {
          for (const entry of entriesOf(opened)) if (isWanted(entry, wanted)) await tell("entry", entry);
          const closed = closedOf(opened);
          if (closed !== undefined && (wanted.since ?? "") <= closed.at) await tell("closed", closed);
        }
        await tell("end", {});
      } catch (error) {
        await stream.writeSSE(failedEvent(error));
      } finally {
        clearInterval(heartbeat);
      }
    });
  });
  app.post("/verification", (c) => {
    const { agent } = parse(AuditQuery, c.req.query());
    const trail = audit();
    return answerWork(c, async () => {
      for (const one of agent === undefined ? await trail.agents() : [agent]) await trail.written(one);
      return {
        chains: await trail.verify(agent === undefined ? undefined : [agent]),
        key: fingerprint(trail.publicKey),
      };
    });
  });
  app.get("/export", (c) => {
    const { agent } = parse(AuditQuery, c.req.query());
    return c.body(ReadableStream.from(asBytes(exportLines(audit(), { agent }))), 200, {
      "content-type": "application/jsonl",
    });
  });
  return app;
}

function entriesOf({ agent, record, text, entries }: OpenedRecord): AuditedEntry[] {
  if (record !== undefined) return entries.map((entry) => ({ agent, record: record.seq, entry: { ...entry } }));
  return [{ agent, record: 0, entry: { ...before(text) } }];
}

/** What was written before there was a chain was JSON with a time of its own. */
function before(text: string): AuditedEntry["entry"] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return { at: "", text };
    const fields = Object.fromEntries(Object.entries(value));
    return { ...fields, at: String(fields.time ?? ""), kind: String(fields.event ?? "") };
  } catch {
    return { at: "", text }; // It is shown as it is.
  }
}

function isWanted({ entry }: AuditedEntry, o: Pick<AuditEntriesQuery, "run" | "kind" | "since">): boolean {
  if (o.run !== undefined && entry.run !== o.run) return false;
  if (o.kind !== undefined && entry.kind !== o.kind) return false;
  return o.since === undefined || entry.at >= o.since;
}

function closedOf({ agent, record, content }: OpenedRecord): ClosedRecord | undefined {
  if (record === undefined || content !== undefined) return undefined;
  return { agent, record: record.seq, at: record.at, count: record.count, host: record.host };
}

async function* asBytes(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const line of lines) yield encoder.encode(`${line}\n`);
}
