import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  endingOf,
  evidenceFile,
  type GateDecision,
  readableReport,
  type Source,
  slug,
  type Verification,
} from "@vibewriter/evidence";
import { AgentError, errorCode } from "../errors.js";
import type { Asked } from "../research/asked.js";
import type { RunSources } from "../sources/run-sources.js";
import type { RunResult } from "./record.js";

export interface Export {
  readonly folder: string;
  /** The rendered report, or the draft that was not published; none if nothing was written. */
  readonly report?: { readonly name: "report.md" | "draft.md"; readonly markdown: string };
  /** The check of the draft, and what the gate says to it. */
  readonly check?: { readonly verification: Verification; readonly decision: GateDecision };
  readonly result: RunResult;
  readonly asked: Asked;
  /** More files beside the report. */
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/**
 * Lays a finished run out in its folder: the report, `sources/`, the check as `verification.json` and as `verification.md` to be read,
 * `evidence.json` and, last, `run.json`. Each file appears whole or not at all, and doing it again replaces them. Throws AgentError `output_failed`.
 */
export async function exportRun(sources: RunSources, o: Export): Promise<void> {
  try {
    await mkdir(o.folder, { recursive: true });
    if (o.report !== undefined) {
      await mkdir(join(o.folder, "sources"), { recursive: true });
      for (const source of await sources.list()) {
        await replaceFile(join(o.folder, "sources", sourceName(source)), await sources.bytes(source.id));
      }
      await layOutEvidence(sources, o);
      for (const { name, bytes } of o.files ?? []) await replaceFile(join(o.folder, name), bytes);
      await replaceFile(join(o.folder, o.report.name), o.report.markdown);
    }
    await replaceFile(join(o.folder, "run.json"), pretty(o.result));
  } catch (cause) {
    const full = errorCode(cause) === "ENOSPC" ? "the disk is full" : "it cannot be written";
    throw new AgentError(
      "output_failed",
      `The report could not be laid into ${o.folder}, ${full}; make room or choose another --out, then resume the run.`,
      {
        cause,
      },
    );
  }
}

async function layOutEvidence(sources: RunSources, { folder, check, result, asked }: Export): Promise<void> {
  const { runId } = result;
  const verification = check?.verification;
  const evidence = evidenceFile({
    ...{ runId, verification },
    questions: asked.questions.map(({ text }) => text),
    hypotheses: asked.hypotheses,
    sources: await sources.list(),
    texts: await sources.texts(),
    claims: await sources.claims(),
  });
  await replaceFile(join(folder, "evidence.json"), pretty(evidence));
  if (check === undefined) return;
  await replaceFile(join(folder, "verification.json"), pretty(check.verification));
  await replaceFile(join(folder, "verification.md"), readableReport(check.verification, check.decision));
}

/** Removes the run's folder if nothing was put into it. Returns whether it is there afterwards. */
export async function dropEmptyFolder(folder: string): Promise<boolean> {
  try {
    if ((await readdir(folder)).length > 0) return true;
    await rmdir(folder);
    return false;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return false;
    if (errorCode(error) === "ENOTEMPTY") return true;
    throw error;
  }
}

function sourceName(source: Source): string {
  const name = source.uri.startsWith("file:")
    ? basename(decodeURIComponent(source.uri)).replace(/\.[^.]*$/, "")
    : source.title;
  return `${source.id}-${slug(name)}.${endingOf(source.mediaType) ?? "bin"}`;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const beside = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await using file = await open(beside, "wx", 0o644);
    await file.writeFile(content);
    await file.sync();
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
