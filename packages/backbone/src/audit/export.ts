import { z } from "zod";
import { BackboneError } from "../errors.js";
import { Anchor, isPublicKey } from "./anchor.js";
import type { AuditTrail } from "./audit-trail.js";
import { ExportLines, type ExportSeal, isSealSigned } from "./export-seal.js";
import { chainName } from "./record.js";
import { ChainCheck, type ChainReport } from "./verify-chain.js";

const Header = z.object({
  type: z.literal("vibewriter-audit"),
  /** 1: without a signature in its last line. */
  version: z.union([z.literal(1), z.literal(2)]),
  exportedAt: z.string(),
  /** PEM of the key of the host that has written the file. */
  publicKey: z.string(),
  /** Whose chain alone it has; absent: all. */
  agent: z.string().optional(),
  isFull: z.boolean(),
  /** Of the oldest message of the stream. */
  since: z.string().optional(),
});
const End = z.object({
  type: z.literal("end"),
  records: z.int(),
  /** Over all lines before; absent in a file of version 1. */
  signature: z.string().optional(),
});
const Line = z.discriminatedUnion("type", [
  Header,
  z.object({ type: z.literal("anchor"), anchor: Anchor }),
  z.object({
    type: z.literal("record"),
    agent: z.string(),
    position: z.int(),
    /** The message, byte for byte: what the next one has the hash of. */
    text: z.string(),
    /** What it has encrypted, where the key was there. */
    content: z.string().optional(),
  }),
  End,
]);
type Line = z.infer<typeof Line>;

/**
 * What the signature of an export is:
 * - `good`: of all that is in it, by the key that was named, or, if none was, by the one that it names itself
 * - `none`: it has none
 * - `wrong`: not of what is in it, or not by that key
 */
export type ExportSignature = "good" | "none" | "wrong";

/** What came of verifying an export. */
export interface ExportReport {
  readonly exportedAt: string;
  /** Of the host that has written it, as it says itself. */
  readonly publicKey: string;
  /** Whose chain alone it has; absent: all. */
  readonly agent?: string;
  readonly chains: readonly ChainReport[];
  /** Whether its last line is there. */
  readonly isWhole: boolean;
  readonly signature: ExportSignature;
  /** Whether nothing is wrong with it, and, if a key was named, all of it is signed by that key. Without one it only agrees with itself. */
  readonly ok: boolean;
}

/**
 * The audit of an agent, or of all, as lines of JSON that can be verified where nothing else of it is: anchors first, so that a chain that was cut off
 * is told, and the signature of all lines at last.
 */
export async function* exportLines(
  trail: Pick<AuditTrail, "agents" | "anchor" | "anchors" | "publicKey" | "reach" | "read" | "signExport" | "written">,
  o: {
    agent?: string;
    signal?: AbortSignal;
    /** Told of entries whose key is not here, or was destroyed: how many. */
    onClosed?: (entries: number) => void;
  } = {},
): AsyncGenerator<string, void, undefined> {
  const agent = o.agent === undefined ? undefined : chainName(o.agent);
  const agents = agent === undefined ? await trail.agents() : [agent];
  for (const one of agents) {
    await trail.written(one);
    await trail.anchor(one);
  }
  const lines = new ExportLines();
  const signed = (value: Line): string => {
    const text = line(value);
    lines.add(text);
    return text;
  };
  const { publicKey } = trail;
  const exportedAt = new Date().toISOString();
  yield signed({ type: "vibewriter-audit", version: 2, exportedAt, publicKey, agent, ...(await trail.reach()) });
  for (const anchor of await trail.anchors()) {
    if (agents.includes(anchor.agent)) yield signed({ type: "anchor", anchor });
  }
  for await (const record of trail.read(o)) {
    const { position, text, content } = record;
    if (record.record !== undefined && content === undefined) o.onClosed?.(record.record.count);
    lines.records += 1;
    yield signed({ type: "record", agent: record.agent, position, text, content });
  }
  yield line({ type: "end", records: lines.records, signature: trail.signExport(lines.seal()) });
}

/**
 * Verifies what {@link exportLines} has written; needs nothing else.
 * @param o.publicKey PEM of the key that must have signed it. Without one nothing is proven but that the file agrees with itself
 * @throws BackboneError `invalid` for a line that is no part of an export, or for a key that is none
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  o: { publicKey?: string } = {},
): Promise<ExportReport> {
  if (o.publicKey !== undefined && !isPublicKey(o.publicKey)) throw notAKey();
  const trusted = o.publicKey === undefined ? undefined : [o.publicKey];
  const anchors: Anchor[] = [];
  const chains = new Map<string, ChainCheck>();
  const read = new ExportLines();
  let header: z.infer<typeof Header> | undefined;
  let end: z.infer<typeof End> | undefined;
  let number = 0;
  const chainOf = (agent: string) => {
    const reach = { isFull: header?.isFull ?? false, since: header?.since };
    const chain = chains.get(agent) ?? new ChainCheck({ agent, anchors, trusted, ...reach });
    chains.set(agent, chain);
    return chain;
  };
  for await (const text of lines) {
    number += 1;
    if (text.trim() === "") continue;
    const parsed = parseLine(text, number);
    if ((header === undefined) !== (parsed.type === "vibewriter-audit") || end !== undefined) throw notAnExport(number);
    if (parsed.type === "end") {
      end = parsed;
      continue;
    }
    read.add(text);
    if (parsed.type === "vibewriter-audit") header = parsed;
    else if (parsed.type === "anchor") {
      // Behind records it would be held against none of them.
      if (read.records > 0) throw notAnExport(number);
      anchors.push(parsed.anchor);
    } else {
      read.records += 1;
      chainOf(parsed.agent).see(parsed);
    }
  }
  if (header === undefined) throw notAnExport(1);
  for (const { agent } of anchors) chainOf(agent);
  const signature = signatureOf(read.seal(), end?.signature, o.publicKey ?? header.publicKey);
  const mustVouch = o.publicKey !== undefined && signature !== "good";
  const reports = [...chains.values()].map((chain) => chain.end()).map((one) => (mustVouch ? vouchedFor(one) : one));
  const isWhole = end?.records === read.records;
  const isBroken = !isWhole || signature === "wrong" || mustVouch || reports.some(({ broken }) => broken !== undefined);
  return {
    exportedAt: header.exportedAt,
    publicKey: header.publicKey,
    ...(header.agent === undefined ? {} : { agent: header.agent }),
    chains: reports.sort((a, b) => (a.agent < b.agent ? -1 : 1)),
    ...{ isWhole, signature, ok: !isBroken },
  };
}

function signatureOf(seal: ExportSeal, signature: string | undefined, publicKey: string): ExportSignature {
  if (signature === undefined) return "none";
  return isSealSigned(seal, signature, publicKey) ? "good" : "wrong";
}

/** Of a file that the named key has not signed: its chains are what they say only up to an anchor of that key. */
function vouchedFor(report: ChainReport): ChainReport {
  const { anchored, last, broken } = report;
  if (broken !== undefined || anchored === last) return report;
  const from = anchored + 1 === last ? `record ${last}` : `the records ${anchored + 1} to ${last}`;
  const text = `Nothing that the named key has signed vouches for ${from}.`;
  return { ...report, broken: { kind: "signature", record: anchored + 1, text } };
}

function parseLine(text: string, number: number): Line {
  try {
    return Line.parse(JSON.parse(text));
  } catch (cause) {
    throw notAnExport(number, cause);
  }
}

function notAnExport(number: number, cause?: unknown): BackboneError {
  const message = `Line ${number} is no part of an audit: name a file that \`vibewriter audit export\` has written, as it was written.`;
  return new BackboneError("invalid", message, { cause });
}

function notAKey(): BackboneError {
  return new BackboneError(
    "invalid",
    "What must have signed the audit is no public key: name a file with one, as PEM.",
  );
}

/** What reads lines may take these two for the end of one. */
function line(value: Line): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
