import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { AUDIT_KINDS } from "@vibewriter/agent/runs";
import { type AuditRead, auditVerifier, type ChainReport, type ExportReport, messageOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { writePrivate } from "../copy/private-file.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { interruption } from "../interrupt.js";
import { auditLine, closedText, entriesText } from "../view/audit.js";
import { count } from "../view/format.js";

export interface AuditShowOptions {
  readonly agent?: string;
  readonly run?: string;
  readonly kind?: (typeof AUDIT_KINDS)[number];
  /** ISO 8601. */
  readonly since?: string;
  readonly follow?: boolean;
}

/** `vibewriter audit show`. */
export async function auditShow(context: Context, o: AuditShowOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { audit } = await connect(context);
  using interrupted = interruption();
  const { signal } = interrupted;
  const read: AuditRead[] = [];
  const isGathered = terminal.json && o.follow !== true;
  let shown = 0;
  let closed = 0;
  const elsewhere = new Set<string>();
  try {
    for await (const one of audit.entries({ ...o, signal })) {
      if ("entry" in one) shown += 1;
      else {
        closed += one.closed.count;
        elsewhere.add(one.closed.host);
      }
      if (isGathered) read.push(one);
      else if (terminal.json) terminal.printJson(one);
      else if ("entry" in one) terminal.print(auditLine(one.entry, terminal.outColors));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (isGathered) {
    const entries = read.flatMap((one) => ("entry" in one ? [one.entry] : []));
    terminal.printJson({ entries, closed: read.flatMap((one) => ("closed" in one ? [one.closed] : [])) });
  } else if (shown === 0 && !o.follow) terminal.note("Nothing of the kind is in the audit.");
  if (closed > 0) terminal.warn(closedText(closed, elsewhere));
  return EXIT.done;
}

/** `vibewriter audit verify [FILE]`: ends with 1 if a chain is broken. */
export async function auditVerify(
  context: Context,
  file: string | undefined,
  o: { agent?: string; publicKey?: string },
): Promise<ExitCode> {
  const { terminal } = context;
  if (file === undefined && o.publicKey !== undefined) {
    throw new UsageError("The key of the home's own audit is known; name --public-key with a file that was exported.");
  }
  if (file !== undefined && o.agent !== undefined)
    throw new UsageError("A file is verified whole: leave --agent away.");
  const { chains, key, ok, proof } = await (file === undefined
    ? ofHome(context, o.agent)
    : ofFile(context, file, o.publicKey));
  if (terminal.json) terminal.printJson({ ok, key, isWhole: true, ...proof, chains });
  else {
    for (const chain of chains) for (const line of chainLines(chain)) terminal.print(line);
    if (chains.length === 0) terminal.print("There is no audit yet.");
    if (proof === undefined) terminal.print(`The key of the host: ${key}`);
    else for (const line of proofLines(proof, key)) terminal.print(line);
  }
  return ok ? EXIT.done : EXIT.failed;
}

/** `vibewriter audit export -o FILE`. */
export async function auditExport(context: Context, o: { out: string; agent?: string }): Promise<ExitCode> {
  const { terminal } = context;
  const { audit } = await connect(context);
  const path = resolve(context.cwd, o.out);
  using interrupted = interruption();
  const bytes = await writePrivate(path, audit.export(o.agent, interrupted.signal));
  if (terminal.json) terminal.printJson({ path, bytes });
  else terminal.print(`${plain(path)}: whoever has it can read what this host can of the audit.`);
  return EXIT.done;
}

interface Verified {
  readonly ok: boolean;
  readonly chains: readonly ChainReport[];
  /** The fingerprint of the key of the host; of a file: that it names itself. */
  readonly key: string;
  /** What speaks for a file. */
  readonly proof?: Proof;
}

interface Proof extends Pick<ExportReport, "agent" | "exportedAt" | "isWhole" | "signature"> {
  /** Whether it was held against a key that was named. */
  readonly isNamed: boolean;
}

async function ofHome(context: Context, agent: string | undefined): Promise<Verified> {
  const { chains, key } = await (await connect(context)).audit.verify(agent);
  return { chains, key, ok: chains.every(({ broken }) => broken === undefined) };
}

async function ofFile(context: Context, file: string, keyFile: string | undefined): Promise<Verified> {
  const { fingerprint, verifyExport } = await auditVerifier();
  const path = resolve(context.cwd, file);
  const trusted = keyFile === undefined ? undefined : await readNamed(resolve(context.cwd, keyFile));
  const stream = createReadStream(path);
  try {
    const report = await verifyExport(createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }), {
      publicKey: trusted,
    });
    const { ok, chains, publicKey, agent, exportedAt, isWhole, signature } = report;
    const proof = { agent, exportedAt, isWhole, signature, isNamed: trusted !== undefined };
    const copies = chains.map((chain) => ({ ...chain, signers: [...chain.signers] }));
    return { ok, chains: copies, key: fingerprint(publicKey), proof };
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new UsageError(`Cannot read ${plain(path)} (${plain(messageOf(cause))}); name another file.`, { cause });
  } finally {
    stream.destroy();
  }
}

function proofLines({ agent, exportedAt, isNamed, isWhole, signature }: Proof, key: string): string[] {
  return [
    `Exported ${plain(exportedAt)}${agent === undefined ? "" : `, of the agent ${plain(agent)} only`}.`,
    ...(isWhole ? [] : ["The file was cut off: its last line is not there."]),
    SIGNATURES[signature][isNamed ? "named" : "unnamed"],
    `The key of the host, as the file says: ${key}`,
  ];
}

const NAME_IT = "Without --public-key that is all that is known: anybody can write a file that agrees with itself.";
const SIGNATURES: Readonly<Record<ExportReport["signature"], { named: string; unnamed: string }>> = {
  good: {
    named: "All of it is signed by the key that you named.",
    unnamed: `It is what its own signature is of. ${NAME_IT}`,
  },
  none: {
    named: "NOT SIGNED as a whole: what is missing from it cannot be told. Export it anew.",
    unnamed: `There is no signature over all of it: what is missing from it cannot be told. ${NAME_IT}`,
  },
  wrong: {
    named: "NOT SIGNED by the key that you named: it was changed, or another key has signed it.",
    unnamed: "CHANGED: it is not what its own signature is of.",
  },
};

function chainLines(chain: ChainReport): string[] {
  const { agent, broken, records, entries, anchored, last, lost, before, closed, first } = chain;
  const state = broken === undefined ? "whole" : "BROKEN";
  const notes = [
    `${count(records, "record")} with ${entriesText(entries)}`,
    ...(anchored > 0 ? [`signed up to record ${anchored} of ${last}`] : []),
    ...(anchored === 0 && last > 0 ? ["not signed yet"] : []),
    ...(first > 1 ? [`the first ${first - 1} went with the limit of the stream`] : []),
    ...(before > 0 ? [`before the chain: ${count(before, "record")}`] : []),
    ...(lost > 0 ? [`${lost} lost, as it says itself`] : []),
    ...(closed > 0 ? [`${count(closed, "record")} cannot be read here`] : []),
  ];
  const line = `${plain(agent)}  ${state}  ${notes.join("; ")}`;
  return broken === undefined ? [line] : [line, `  ${broken.kind}: ${plain(broken.text)}`];
}

async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UsageError(`Cannot read ${plain(path)} (${plain(messageOf(cause))}); name another file.`, { cause });
  }
}
