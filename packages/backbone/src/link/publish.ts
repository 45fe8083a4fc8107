import { setTimeout as sleep } from "node:timers/promises";
import { PubHeaders, type StoredMsg } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { BackboneError } from "../errors.js";
import { sending } from "../telemetry/sending.js";
import type { Link } from "./link.js";
import { apiCode, codeOf } from "./transient.js";

/** A write that a cluster has taken and not yet stored: how often, and after how many ms, it is looked for again. */
const IN_FLIGHT_TRIES = 100;
const IN_FLIGHT_MS = 100;

export interface Publication {
  stream: string;
  subject: string;
  data: Uint8Array | string;
  /** The data stands for itself, a digest names it: it is stored as it is, and whoever stores it has looked for secrets. */
  isContent?: boolean;
  /** Names this very write: a retry carries the same one. */
  messageId: string;
  /** Sequence of the last message on this subject, 0 for none. The write is refused (`conflict`) if it differs. */
  expectedLast?: number;
  /** Sequence of the last message of the whole stream, 0 for an empty one. The write is refused (`conflict`) if it differs. */
  expectedEnd?: number;
  headers?: Record<string, string>;
}

/**
 * Publishes and waits for the acknowledgement, over restarts of the server. What must not be stored is replaced first. A retry whose first try was stored after
 * all answers as that try would have: servers either say "duplicate" or refuse the retry because of its own first try,
 * so a refusal is checked against the message that is there.
 * @returns the sequence of the message in its stream
 */
export async function publish(link: Link, publication: Publication): Promise<{ seq: number }> {
  const o = publication.isContent ? publication : screened(link, publication);
  for (let tries = 0; ; tries++) {
    try {
      return await attempt(link, o);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const stored = await lastOn(link, o.stream, o.subject);
      if (stored?.header.get(PubHeaders.MsgIdHdr) === o.messageId) return { seq: stored.seq };
      if ((stored?.seq ?? 0) !== (o.expectedLast ?? 0) || tries === IN_FLIGHT_TRIES) throw error;
      if (o.expectedEnd !== undefined && (await endOf(link, o.stream)) !== o.expectedEnd) throw error;
      // Refused although nobody has written: an earlier try is still on its way through a cluster that changes its leader.
      await sleep(IN_FLIGHT_MS);
    }
  }
}

function screened(link: Link, o: Publication): Publication {
  const clean = <T extends string | Uint8Array>(content: T): T => link.secrets.screen(content, o.subject);
  const all = Object.entries(o.headers ?? {}).map(([name, value]) => [name, clean(value)]);
  return { ...o, data: clean(o.data), messageId: clean(o.messageId), headers: Object.fromEntries(all) };
}

async function attempt(link: Link, o: Publication): Promise<{ seq: number }> {
  const h = headers();
  for (const [name, value] of Object.entries(o.headers ?? {})) h.set(name, value);
  const ack = await sending(o.stream, h, () =>
    link.patiently(`store a message on ${o.subject}`, () =>
      link.js.publish(o.subject, o.data, {
        msgID: o.messageId,
        headers: h,
        expect: {
          streamName: o.stream,
          ...(o.expectedLast === undefined ? {} : { lastSubjectSequence: o.expectedLast }),
          ...(o.expectedEnd === undefined ? {} : { lastSequence: o.expectedEnd }),
        },
      }),
    ),
  );
  return { seq: ack.seq };
}

/** Sequence of the last message of a stream that nobody takes anything out of. */
async function endOf(link: Link, stream: string): Promise<number> {
  return (await lastOn(link, stream, ">"))?.seq ?? 0;
}

function isRefusal(error: unknown): boolean {
  // A stream that is full refuses with a code of these, and has been asked for long enough.
  if (error instanceof BackboneError && error.code === "unavailable") return false;
  const code = codeOf(error);
  return (
    code === apiCode.wrongLastSequence ||
    code === apiCode.wrongLastSequenceUnknown ||
    code === apiCode.maxMessagesPerSubject
  );
}

/** The last message on a subject (wildcards allowed), or `undefined`. */
export async function lastOn(link: Link, stream: string, subject: string): Promise<StoredMsg | undefined> {
  return await link.patiently(`read the last message on ${subject}`, () =>
    link.message(stream, { last_by_subj: subject }),
  );
}

/** The first message on a subject (wildcards allowed) at or after a sequence, or `undefined`. */
export async function nextOn(link: Link, stream: string, subject: string, seq: number): Promise<StoredMsg | undefined> {
  return await link.patiently(`read the next message on ${subject}`, () =>
    link.message(stream, { seq, next_by_subj: subject }),
  );
}
