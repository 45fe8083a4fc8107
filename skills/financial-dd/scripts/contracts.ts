/** Looks for risks in Solidity sources. Runs in the VM; the compiler and solhint are processes of their own. */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Analysis, analyse } from "../src/analysis.js";
import { type Remark, secondOpinion } from "../src/lint.js";
import { ProcessError } from "../src/process.js";
import { COMPILER, compileProject, compilerProcess } from "../src/solidity/compiler.js";
import { type Outline, outlineOf } from "../src/solidity/outline.js";
import { readProject } from "../src/solidity/project.js";
import { cell, markdownTable } from "../src/table.js";

const USAGE = `Usage: node contracts.mjs PATH... [--libraries FOLDER]... [--remap FROM=TO]... [--no-solhint] [--json]
  PATH         a .sol file or a folder with some (node_modules, lib and tests in it are only read where they are imported)
  --libraries  where imports are looked for by their names, such as node_modules
Example: node /skills/financial-dd/contracts.mjs src --libraries node_modules --json > contracts.json
Exit code 0: no risk above low; 1: some risk; 2: wrong call, or nothing could be compiled.`;

const TIMEOUT_MS = 540_000;
const SOLHINT_MS = 180_000;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      libraries: { type: "string", multiple: true },
      remap: { type: "string", multiple: true },
      "no-solhint": { type: "boolean" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
    allowPositionals: true,
  });
  if (values.help) return print(USAGE);
  if (positionals.length === 0) throw new Error(USAGE);
  const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const project = await readProject({
    paths: positionals,
    libraries: values.libraries ?? [],
    remappings: values.remap ?? [],
  });
  const compile = compilerProcess({ program: program("compile.mjs"), timeoutMs: TIMEOUT_MS });
  const compilation = await compileProject(project, compile);
  const analysis = analyse(compilation);
  const outlines = await outlineOf(
    project,
    analysis.failed.map(({ file }) => file),
    compile,
  );
  let noOpinion: string | undefined;
  // Another's opinion that does not come leaves ours as it is.
  const solhint = values["no-solhint"]
    ? []
    : await secondOpinion(project, { program: program("lint.mjs"), timeoutMs: SOLHINT_MS }).catch((error: unknown) => {
        if (!(error instanceof ProcessError)) throw error;
        noOpinion = error.message;
        return [];
      });
  const report = {
    kind: "contracts" as const,
    compiler: COMPILER,
    ...analysis,
    missing: project.missing,
    outlines,
    solhint,
    noOpinion,
  };
  print(values.json ? JSON.stringify(report, null, 2) : shown(report));
  if (analysis.contracts.length === 0) return 2;
  return analysis.grade === "low" || analysis.grade === "none" ? 0 : 1;
}

function shown(
  report: Analysis & {
    missing: readonly string[];
    outlines: readonly Outline[];
    solhint: readonly Remark[];
    noOpinion?: string;
  },
): string {
  const { findings, failed, notes, missing, outlines, solhint } = report;
  const rows = findings.map((f) => [
    f.id,
    f.risk,
    f.detector,
    `${f.contract}: ${f.title}`,
    `${f.where.file}:${f.where.line}`,
  ]);
  return [
    `Grade: ${report.grade}. ${report.rule} ${report.contracts.length} contracts looked at with solc ${COMPILER}.`,
    ...[...notes, ...(report.noOpinion === undefined ? [] : [report.noOpinion])].map((note) => `Note: ${cell(note)}`),
    ...missing.slice(0, 10).map((line) => `Not found: ${cell(line)}`),
    ...failed.slice(0, 20).map(({ file, reason }) => `Does not compile: ${cell(file)}: ${cell(reason)}`),
    ...outlines.map(
      (o) =>
        `Read by the parser alone: ${cell(o.file)}: ${o.contracts.map((c) => `${c.name} (${c.functions.join(", ")})`).join("; ") || "nothing"}${o.words.length > 0 ? `; look at ${o.words.join(", ")}` : ""}`,
    ),
    "",
    ...(rows.length > 0 ? [markdownTable(["id", "risk", "detector", "finding", "where"], rows), ""] : []),
    ...findings.map(
      (f) => `${f.id}: ${cell(f.why)} Evidence: ${f.where.file}:${f.where.line} \`${cell(f.where.quote)}\``,
    ),
    ...(solhint.length > 0
      ? ["", `A second opinion, by solhint (no grade depends on it): ${solhint.length} remarks`]
      : []),
    ...solhint.slice(0, 20).map((r) => `${r.file}:${r.line} ${r.rule}: ${cell(r.message)}`),
  ].join("\n");
}

function print(text: string): number {
  console.log(text);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
