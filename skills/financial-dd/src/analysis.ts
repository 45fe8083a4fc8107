import { DETECTORS } from "./detectors/all.js";
import { Facts } from "./facts/facts.js";
import { type Draft, type Finding, GRADES, type Grade, riskOf, worst } from "./finding.js";
import { child, children, text } from "./solidity/ast.js";
import type { Compilation } from "./solidity/compiler.js";
import type { Contract, Program } from "./solidity/program.js";

/** What was found in the given sources. */
export interface Analysis {
  readonly grade: Grade | "unknown";
  /** The rule that made the grade. */
  readonly rule: string;
  readonly contracts: readonly {
    readonly name: string;
    readonly file: string;
    readonly kind: string;
    readonly functions: number;
  }[];
  readonly findings: readonly Finding[];
  readonly failed: Compilation["failed"];
  readonly notes: readonly string[];
}

/** Runs all detectors over the contracts that were given. */
export function analyse({ program, failed, notes }: Compilation): Analysis {
  const looked = program.contracts.filter((contract) => isLookedAt(program, contract));
  const drafts: { draft: Draft; detector: string; contract: Contract }[] = [];
  const more = [...notes];
  for (const contract of looked) {
    const facts = new Facts(program, contract);
    const cut = facts.entries.filter((entry) => entry.cut).map((entry) => entry.signature);
    if (cut.length > 0)
      more.push(
        `${contract.name}: ${cut.slice(0, 3).join(", ")} too long to be followed to the end; look at it by hand.`,
      );
    for (const detector of DETECTORS)
      for (const draft of detector.find(facts)) drafts.push({ draft, detector: detector.id, contract });
  }
  const seen = new Set<string>();
  const findings = drafts
    .filter(({ draft, detector }) => {
      const key = `${detector} ${draft.where.file}:${draft.where.start} ${draft.title.replace(/: .*/, "")}`;
      return !seen.has(key) && seen.add(key);
    })
    .map(({ draft, detector, contract }) => ({
      ...draft,
      detector,
      contract: contract.name,
      risk: riskOf(draft.severity, draft.likelihood),
    }))
    .sort((a, b) => GRADES.indexOf(b.risk) - GRADES.indexOf(a.risk))
    .map((finding, at) => ({ ...finding, id: `F${at + 1}` }));
  return {
    ...graded(findings, failed, looked.length),
    contracts: looked.map(described),
    findings,
    failed,
    notes: more,
  };
}

function graded(
  findings: readonly Finding[],
  failed: Compilation["failed"],
  looked: number,
): Pick<Analysis, "grade" | "rule"> {
  const grade = worst(findings.map((finding) => finding.risk));
  if (looked === 0) return { grade: "unknown", rule: "Nothing that was given could be compiled." };
  const first = findings.find((finding) => finding.risk === grade);
  if (failed.length > 0 && GRADES.indexOf(grade) < GRADES.indexOf("medium"))
    return { grade: "unknown", rule: `${failed.length} files did not compile: what is in them is not known.` };
  return first
    ? { grade, rule: `The worst finding counts: ${first.id}.` }
    : { grade: "low", rule: "No detector found anything." };
}

/** Contracts that can be deployed; what is abstract is looked at through those that inherit it, or alone if none does. */
function isLookedAt(program: Program, contract: Contract): boolean {
  if (!contract.target || contract.kind === "interface") return false;
  if (contract.node.abstract !== true) return true;
  return !program.contracts.some(
    (other) => other !== contract && other.target && other.node.abstract !== true && other.line.includes(contract.node),
  );
}

function described({ name, file, kind, node }: Contract): Analysis["contracts"][number] {
  return {
    name,
    file,
    kind,
    functions: children(node, "nodes").filter((member) => text(member, "kind") === "function" && child(member, "body"))
      .length,
  };
}
