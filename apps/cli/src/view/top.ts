import type { Top } from "@vibewriter/server";
import { clip, plain } from "../escape.js";
import type { Colors } from "../terminal.js";
import { age, bytesText, clock, count } from "./format.js";
import { table } from "./table.js";

export interface TopFrame {
  readonly width: number;
  /** How many lines there may be; default: as many as there are. */
  readonly height?: number;
  readonly colors: Colors;
}

/** The lines of one look, each at most `width` characters; what does not fit below is counted in the last one. */
export function topLines(top: Top, { width, height, colors }: TopFrame): string[] {
  const now = Date.parse(top.at);
  const sections = [
    [clip(headOf(top), width), clip(queueOf(top), width)],
    titled("RUNS", runRows(top, now), "none", width, colors),
    titled("WORKERS", workerRows(top), "none: nothing is driven", width, colors),
    titled("VMS", vmRows(top), "none", width, colors),
  ];
  const lines = sections.flatMap((section, i) => (i === 0 ? section : ["", ...section]));
  if (height === undefined || lines.length <= height) return lines;
  const kept = lines.slice(0, Math.max(0, height - 1));
  return [...kept, colors.dim(clip(`… ${count(lines.length - kept.length, "more line")}`, width))];
}

function headOf({ nats, version }: Top): string {
  if (nats === null) return `Vibewriter ${plain(version)}  NATS does not answer`;
  const copies = nats.replicas > 1 ? `, ${nats.replicas} copies` : "";
  return `Vibewriter ${plain(version)}  NATS ${plain(nats.version)} (${nats.tier}${copies})`;
}

function queueOf({ queue, deadLetters }: Top): string {
  const parts = queue.map(
    ({ name, waiting, underWay }) =>
      `${plain(name.startsWith("host.") ? "this host" : name.slice(5))} ${waiting}+${underWay}`,
  );
  const dead = deadLetters > 0 ? `  ${count(deadLetters, "dead letter")}: see vibewriter dlq list` : "";
  return `Queue (waiting+under way): ${parts.length === 0 ? "empty" : parts.join("  ")}${dead}`;
}

function titled(title: string, rows: string[][], none: string, width: number, colors: Colors): string[] {
  if (rows.length <= 1) return [colors.dim(clip(`${title}  ${none}`, width))];
  const [head = "", ...lines] = table(rows, width);
  return [colors.bold(clip(head, width)), ...lines];
}

function runRows({ runs }: Top, now: number): string[][] {
  const head = ["RUN", "STATE", "AGE", "ACTIVE", "TOKENS", "COST", "STEP"];
  return [
    head,
    ...runs.map((run) => [
      plain(run.runId),
      run.status,
      age(run.createdAt, now),
      clock(run.activeMs),
      run.inputTokens + run.outputTokens === 0 ? "-" : tokens(run.inputTokens + run.outputTokens),
      run.costUsd === null ? "unknown" : `$${run.costUsd.toFixed(2)}`,
      stepText(run),
    ]),
  ];
}

function stepText({ step, doing, request, status }: Top["runs"][number]): string {
  const at = step.of > 0 ? `${step.at}/${step.of} ` : "";
  const what = status === "running" ? step.text || "at work" : request;
  return plain(`${at}${what}${doing && status === "running" ? ` › ${doing}` : ""}`);
}

function workerRows({ workers }: Top): string[][] {
  const head = ["WORKER", "VERSION", "RUNS", "HEARD", "SERVES"];
  return [
    head,
    ...workers.map((worker) => [
      plain(worker.machine),
      plain(worker.version),
      `${worker.active}/${worker.capacity}`,
      `${Math.round(worker.silentMs / 1_000)} s ago`,
      plain(worker.classes.join(" ")),
    ]),
  ];
}

function vmRows({ vms }: Top): string[][] {
  const rows = vms.map((vm) => [
    plain(vm.id),
    plain(vm.state),
    vm.memoryBytes === undefined ? "-" : bytesText(vm.memoryBytes),
  ]);
  return [["VM", "STATE", "MEMORY"], ...rows];
}

/** `950`, `12k`, `3.4M`. */
function tokens(n: number): string {
  if (n < 1_000) return String(n);
  return n < 1_000_000 ? `${Math.round(n / 1_000)}k` : `${(n / 1_000_000).toFixed(1)}M`;
}
