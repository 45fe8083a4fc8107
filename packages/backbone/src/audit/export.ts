import { z } from "zod";
import { BackboneError } from "../errors.js";
import { Anchor } from "./anchor.js";
import type { AuditTrail } from "./audit-trail.js";
import { chainName } from "./record.js";
import { ChainCheck, type ChainReport } from "./verify-chain.js";

const Header = z.object({
  type: z.literal("vibewriter-audit"),
  version: z.literal(1),
  exportedAt: z.string(),
  /** PEM of the key of the host that has written the file. */
  publicKey: z.string(),
  isFull: z.boolean(),
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
  z.object({ type: z.literal("end"), records: z.int() }),
]);
type Line = z.infer<typeof Line>;

/** What came of verifying an export. */
export interface ExportReport {
  readonly exportedAt: string;
  /** Of the host that has written it. */
  readonly publicKey: string;
  readonly chains: readonly ChainReport[];
  /** Whether its last line is there. */
  readonly isWhole: boolean;
}

/** The audit of an agent, or of all, as lines of JSON that can be verified where nothing else of it is: anchors first, so that a file that was cut off is told. */
export async function* exportLines(
  trail: Pick<AuditTrail, "agents" | "anchor" | "anchors" | "isFull" | "publicKey" | "read" | "written">,
  o: { agent?: string; signal?: AbortSignal } = {},
): AsyncGenerator<string, void, undefined> {
  const agents = o.agent === undefined ? await trail.agents() : [chainName(o.agent)];
  for (const agent of agents) {
    await trail.written(agent);
    await trail.anchor(agent);
  }
  const { publicKey } = trail;
  const exportedAt = new Date().toISOString();
  yield line({ type: "vibewriter-audit", version: 1, exportedAt, publicKey, isFull: await trail.isFull() });
  for (const anchor of await trail.anchors()) if (agents.includes(anchor.agent)) yield line({ type: "anchor", anchor });
  let records = 0;
  for await (const { agent, position, text, content } of trail.read(o)) {
    yield line({ type: "record", agent, position, text, content });
    records += 1;
  }
  yield line({ type: "end", records });
}

/**
 * Verifies what {@link exportLines} has written; needs nothing else.
 * @param o.publicKey PEM of the key whose anchors count; default: whatever keys they name, which the reader has to compare
 * @throws BackboneError `invalid` for a line that is no part of an export
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  o: { publicKey?: string } = {},
): Promise<ExportReport> {
  const anchors: Anchor[] = [];
  const chains = new Map<string, ChainCheck>();
  let header: z.infer<typeof Header> | undefined;
  let records = 0;
  let said: number | undefined;
  let number = 0;
  const chainOf = (agent: string) => {
    const trusted = o.publicKey === undefined ? undefined : [o.publicKey];
    const chain = chains.get(agent) ?? new ChainCheck({ agent, anchors, trusted, isFull: header?.isFull ?? false });
    chains.set(agent, chain);
    return chain;
  };
  for await (const text of lines) {
    number += 1;
    if (text.trim() === "") continue;
    const parsed = parseLine(text, number);
    if (header === undefined && parsed.type !== "vibewriter-audit") throw notAnExport(number);
    if (parsed.type === "vibewriter-audit") header = parsed;
    else if (parsed.type === "anchor") anchors.push(parsed.anchor);
    else if (parsed.type === "end") said = parsed.records;
    else {
      records += 1;
      chainOf(parsed.agent).see(parsed);
    }
  }
  if (header === undefined) throw notAnExport(1);
  for (const { agent } of anchors) chainOf(agent);
  return {
    exportedAt: header.exportedAt,
    publicKey: header.publicKey,
    chains: [...chains.values()].map((chain) => chain.end()).sort((a, b) => (a.agent < b.agent ? -1 : 1)),
    isWhole: said === records,
  };
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

function line(value: Line): string {
  return JSON.stringify(value);
}
