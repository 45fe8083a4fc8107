import { relative } from "node:path";
import type { ApprovalQuestion, PersonQuestion, RunResult, StageCost } from "@vibewriter/agent/runs";
import { plain } from "../escape.js";
import type { Colors } from "../terminal.js";
import { clock, count, percent } from "./format.js";
import { table } from "./table.js";

/** What a run came to, as rows of a label and a value. `cwd`: paths below it are shown relative to it. */
export function summary(result: RunResult, cwd: string, colors: Colors): string {
  const { citations } = result;
  const rows: [string, string | undefined][] = [
    ["Report", result.report === null ? undefined : shortPath(result.report, cwd)],
    [
      "Article",
      result.article === null
        ? undefined
        : `${plain(result.article.id)}  ${plain(result.article.title)} (novelty ${Math.round(result.article.noveltyScore)})`,
    ],
    ["Sources", sourcesText(result)],
    ["Citations", citations.total === 0 ? "none" : citationsText(citations)],
    ["Cites", result.cited.length === 0 ? undefined : result.cited.map(plain).join(", ")],
    ["Isolation", isolationText(result)],
    ["Model", plain(result.model)],
    ["Time", clock(result.durationMs)],
    ["Run", plain(result.runId)],
  ];
  const lines = rows
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => `${colors.dim(label.padEnd(9))}  ${value}`);
  return [...lines, ...stageLines(result.stages ?? [], colors)].join("\n");
}

const COLUMNS = ["STAGE", "TIME", "MODEL", "TOOLS", "SOURCES", "TOKENS", "VM", "COST"];

/** What each stage took, as a table; without lines where nobody counted. */
function stageLines(stages: readonly StageCost[], colors: Colors): string[] {
  if (stages.length === 0) return [];
  const sum = (pick: (stage: StageCost) => number) => stages.reduce((total, stage) => total + pick(stage), 0);
  const isPriced = stages.every(({ costUsd }) => costUsd !== null);
  const isCounted = stages.some(({ tokens }) => tokens !== null);
  const total = {
    stage: "all",
    seconds: sum(({ seconds }) => seconds),
    modelCalls: sum(({ modelCalls }) => modelCalls),
    tokens: isCounted ? sum(({ tokens }) => tokens ?? 0) : null,
    toolCalls: sum(({ toolCalls }) => toolCalls),
    sources: sum(({ sources }) => sources),
    vmSeconds: sum(({ vmSeconds }) => vmSeconds),
    costUsd: isPriced ? sum(({ costUsd }) => costUsd ?? 0) : null,
  };
  const rows = [...stages, total].map((stage) => [
    stage.stage,
    clock(stage.seconds * 1_000),
    some(stage.modelCalls),
    some(stage.toolCalls),
    some(stage.sources),
    some(stage.tokens ?? 0),
    stage.vmSeconds === 0 ? NONE : `${stage.vmSeconds.toFixed(1)} s`,
    // What was not counted and costs nothing has no cost; what was counted and is free costs $0.00.
    stage.costUsd === null ? "?" : stage.costUsd === 0 && !stage.tokens ? NONE : `$${stage.costUsd.toFixed(2)}`,
  ]);
  const [head = "", ...body] = table([COLUMNS, ...rows], 100);
  return ["", colors.dim(head), ...body];
}

const NONE = "-";

function some(number: number): string {
  return number === 0 ? NONE : number.toLocaleString("en-US");
}

function sourcesText({ sources }: RunResult): string {
  const changed = sources.filter(({ changedSince }) => changedSince !== undefined).map(({ id }) => plain(id));
  if (changed.length === 0) return String(sources.length);
  return `${sources.length}, of which ${changed.join(", ")} changed since an earlier run read ${changed.length === 1 ? "it" : "them"}`;
}

function isolationText({ isolation, sandbox }: RunResult): string {
  if (isolation === "hardware") return "hardware";
  if (isolation === "emulated") return "emulated (no KVM on this machine)";
  return `remote (commands ran at ${plain(sandbox ?? "another service")}, not on this machine)`;
}

/** What a person needs to know to decide. */
export function questionText({ id, operation, question, why, citations, cites = [] }: ApprovalQuestion): string {
  const cited = cites.length === 0 ? "" : `; cites ${count(cites.length, "article")} of the knowledge base`;
  const checked = citations === undefined ? [] : [`${citationsText(citations)}${cited}.`];
  const text = operation === "publish" ? [`Read it with: vibewriter approvals show ${plain(id)}`] : [];
  return [plain(question), ...checked, ...(why === "" ? [] : [plain(why)]), ...text].join("\n  ");
}

/** What an agent asks about the request, with the answers to choose from. */
export function clarifyText({ question, options, assumption }: PersonQuestion): string {
  const listed = options.map((option, index) => `\n    ${index + 1}. ${plain(option)}`).join("");
  return `${plain(question)}${listed}\n  Without an answer: ${plain(assumption)}`;
}

function citationsText(c: { total: number; supported: number; rate: number; method: string }): string {
  const method = c.method === "lexical" ? "text-matched" : "checked by a model";
  return `${c.supported} of ${c.total} citations supported (${percent(c.rate)}, ${method})`;
}

function shortPath(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return plain(below === "" || below.startsWith("..") ? path : below);
}
