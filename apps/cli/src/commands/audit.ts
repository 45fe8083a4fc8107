import { createReadStream } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { AUDIT_KINDS } from "@vibewriter/agent/runs";
import { type AuditRead, auditVerifier, type ChainReport, messageOf } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { interruption } from "../interrupt.js";
import { auditLine } from "../view/audit.js";
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
  try {
    for await (const one of audit.entries({ ...o, signal })) {
      if ("entry" in one) shown += 1;
      else closed += one.closed.count;
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
  if (closed > 0)
    terminal.warn(`${entriesText(closed)} cannot be read here: the key is another host's, or was destroyed.`);
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
  const { chains, key, isWhole } = await (file === undefined
    ? ofHome(context, o.agent)
    : ofFile(context, file, o.publicKey));
  const isBroken = !isWhole || chains.some(({ broken }) => broken !== undefined);
  if (terminal.json) terminal.printJson({ ok: !isBroken, key, isWhole, chains });
  else {
    for (const chain of chains) for (const line of chainLines(chain)) terminal.print(line);
    if (chains.length === 0) terminal.print("There is no audit yet.");
    if (!isWhole) terminal.print("The file was cut off: its last line is not there.");
    terminal.print(`The key of the host: ${key}`);
  }
  return isBroken ? EXIT.failed : EXIT.done;
}

/** `vibewriter audit export -o FILE`. */
export async function auditExport(context: Context, o: { out: string; agent?: string }): Promise<ExitCode> {
  const { terminal } = context;
  const { audit } = await connect(context);
  const path = resolve(context.cwd, o.out);
  using interrupted = interruption();
  let bytes = 0;
  await mkdir(dirname(path), { recursive: true });
  {
    await using out = await openNew(path);
    for await (const chunk of audit.export(o.agent, interrupted.signal)) {
      await out.write(chunk);
      bytes += chunk.byteLength;
    }
    await out.sync();
  }
  if (terminal.json) terminal.printJson({ path, bytes });
  else terminal.print(`${plain(path)}: whoever has it can read what this host can of the audit.`);
  return EXIT.done;
}

interface Verified {
  readonly chains: readonly ChainReport[];
  /** The fingerprint of the key of the host. */
  readonly key: string;
  readonly isWhole: boolean;
}

async function ofHome(context: Context, agent: string | undefined): Promise<Verified> {
  return { ...(await (await connect(context)).audit.verify(agent)), isWhole: true };
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
    const { chains, publicKey, isWhole } = report;
    return {
      chains: chains.map((chain) => ({ ...chain, signers: [...chain.signers] })),
      key: fingerprint(publicKey),
      isWhole,
    };
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    throw new UsageError(`Cannot read ${plain(path)} (${plain(messageOf(cause))}); name another file.`, { cause });
  } finally {
    stream.destroy();
  }
}

function chainLines(chain: ChainReport): string[] {
  const { agent, broken, records, entries, anchored, last, lost, before, closed, first } = chain;
  const state = broken === undefined ? "whole" : "BROKEN";
  const notes = [
    `${count(records, "record")} with ${entriesText(entries)}`,
    anchored > 0 ? `signed up to record ${anchored} of ${last}` : "not signed yet",
    ...(first > 1 ? [`the first ${first - 1} went with the limit of the stream`] : []),
    ...(before > 0 ? [`before the chain: ${count(before, "record")}`] : []),
    ...(lost > 0 ? [`${lost} lost, as it says itself`] : []),
    ...(closed > 0 ? [`${count(closed, "record")} cannot be read here`] : []),
  ];
  const line = `${plain(agent)}  ${state}  ${notes.join("; ")}`;
  return broken === undefined ? [line] : [line, `  ${broken.kind}: ${plain(broken.text)}`];
}

function entriesText(n: number): string {
  return n === 1 ? "1 entry" : `${n} entries`;
}

async function openNew(path: string) {
  try {
    return await open(path, "w", 0o600);
  } catch (cause) {
    throw new UsageError(`Cannot write ${plain(path)} (${plain(messageOf(cause))}); name another file.`, { cause });
  }
}

async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UsageError(`Cannot read ${plain(path)} (${plain(messageOf(cause))}); name another file.`, { cause });
  }
}
