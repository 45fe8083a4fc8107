import { z } from "zod";
import { GRADES, type Grade, worst } from "../finding.js";
import { cell, markdownTable } from "../table.js";

const GradeName = z.enum(["low", "medium", "high", "critical"]);

/** One risk. `evidence` is what a reader can look up: `[S3]`, `Vault.sol:14`, `block 123: eth_call …`. */
export const Risk = z.object({
  area: z.string().min(1),
  risk: z.string().min(1),
  grade: GradeName,
  evidence: z.array(z.string().min(1)).min(1),
});
export type Risk = z.infer<typeof Risk>;

const Place = z.object({ file: z.string(), line: z.number() });
const Contracts = z.object({
  kind: z.literal("contracts"),
  grade: z.string(),
  failed: z.array(z.object({ file: z.string(), reason: z.string() })),
  findings: z.array(
    z.object({
      id: z.string(),
      detector: z.string(),
      title: z.string(),
      risk: z.string(),
      contract: z.string(),
      where: Place,
    }),
  ),
});
const Said = z.object({ value: z.string(), line: z.number(), quote: z.string() });
const Audit = z.object({
  kind: z.literal("audit"),
  source: z.string(),
  commits: z.array(Said),
  findings: z.array(
    z.object({ id: z.string(), title: z.string(), level: z.string(), status: z.string(), line: z.number() }),
  ),
});
const Read = z.object({ call: z.string(), block: z.number() });
const Chain = z.object({
  kind: z.literal("chain"),
  contract: z.string(),
  ageDays: z.number().optional(),
  powers: z.array(
    z.object({ role: z.string(), address: z.string(), kind: z.string(), detail: z.string(), reads: z.array(Read) }),
  ),
  bytecode: z.object({ verdict: z.string(), why: z.string(), call: z.string(), block: z.number() }).optional(),
});
const Market = z.object({
  kind: z.literal("market"),
  tvl: z.object({ total: z.number(), from: z.string() }).optional(),
  comparison: z
    .object({ said: z.number(), counted: z.number(), apart: z.number(), flagged: z.boolean(), reads: z.array(Read) })
    .optional(),
  concentration: z.object({ largest: z.number(), ten: z.number(), from: z.string() }).optional(),
});
const Own = z.object({ kind: z.literal("own"), risks: z.array(Risk) });

/** What the other programs print with `--json`, and risks that somebody adds with their evidence. */
export const Part = z.discriminatedUnion("kind", [Contracts, Audit, Chain, Market, Own]);
export type Part = z.infer<typeof Part>;

export interface RiskTable {
  readonly grade: Grade;
  readonly rule: string;
  readonly risks: readonly (Risk & { readonly id: string })[];
  readonly unknown: readonly string[];
}

/** Puts the parts together; the worst line is the grade, unless what would decide is not known. */
export function riskTable(parts: readonly Part[]): RiskTable {
  const risks = parts
    .flatMap(risksOf)
    .sort((a, b) => GRADES.indexOf(b.grade) - GRADES.indexOf(a.grade))
    .map((risk, at) => ({ ...risk, id: `R${at + 1}` }));
  const kinds = new Set(parts.map((part) => part.kind));
  const unknown = [
    ...(kinds.has("contracts") ? [] : ["The code was not looked at."]),
    ...(kinds.has("audit") ? [] : ["No audit report was read."]),
    ...(kinds.has("chain") ? [] : ["Who holds the owner's rights was not asked on the chain."]),
    ...(kinds.has("market") ? [] : ["TVL and holders were not looked at."]),
  ];
  const grade = worst(risks.map((risk) => risk.grade));
  const first = risks.find((risk) => risk.grade === grade);
  const rule = first ? `The worst line counts: ${first.id}.` : "No line was found.";
  return { grade: grade === "none" ? "low" : grade, rule, risks, unknown };
}

function risksOf(part: Part): Risk[] {
  switch (part.kind) {
    case "contracts":
      return [
        ...part.findings.map((f) => ({
          area: `code: ${f.detector}`,
          risk: `${f.contract}: ${f.title}`,
          grade: gradeOf(f.risk),
          evidence: [`${f.where.file}:${f.where.line}`],
        })),
        ...part.failed.slice(0, 5).map((f) => ({
          area: "code: unread",
          risk: `${f.file} does not compile (${f.reason}): what is in it is not known`,
          grade: "medium" as const,
          evidence: [f.file],
        })),
      ];
    case "audit":
      return auditRisks(part);
    case "chain":
      return chainRisks(part);
    case "market":
      return marketRisks(part);
    case "own":
      return part.risks;
  }
}

function auditRisks({ source, commits, findings }: z.infer<typeof Audit>): Risk[] {
  const left = findings.filter(
    (f) => f.status === "open" || f.status === "not said" || f.status === "acknowledged" || f.status === "partly fixed",
  );
  const serious = left.filter((f) => /critical|high|medium/.test(f.level));
  return [
    ...serious.map((f) => ({
      area: "audit",
      risk: `${f.id} (${f.level}) ${f.title}: ${f.status === "not said" ? "the report does not say that it is fixed" : f.status}`,
      grade: gradeOf(f.status === "partly fixed" && f.level === "critical" ? "high" : f.level),
      evidence: [`[${source}] line ${f.line}`],
    })),
    commits.length === 0
      ? {
          area: "audit",
          risk: "The report names no commit: it may be of other code",
          grade: "medium" as const,
          evidence: [`[${source}]`],
        }
      : {
          area: "audit",
          risk: `Looked at commit ${commits[0]?.value}`,
          grade: "low" as const,
          evidence: [`[${source}] line ${commits[0]?.line}`],
        },
  ];
}

/** A single key is high for an upgrade, which can do anything, and medium for an owner, whose powers the code says. */
function chainRisks({ contract, powers, ageDays, bytecode }: z.infer<typeof Chain>): Risk[] {
  const held: Record<string, { admin: Risk["grade"]; owner: Risk["grade"] }> = {
    "single key": { admin: "high", owner: "medium" },
    contract: { admin: "medium", owner: "medium" },
    multisig: { admin: "low", owner: "low" },
    timelock: { admin: "low", owner: "low" },
    nobody: { admin: "low", owner: "low" },
  };
  return [
    ...powers.map((power) => ({
      area: "governance",
      risk: `The ${power.role} of ${contract} is ${power.address}: ${power.kind}, ${power.detail}`,
      grade: held[power.kind]?.[power.role === "admin" ? "admin" : "owner"] ?? ("medium" as const),
      evidence: power.reads.slice(0, 3).map((read) => `block ${read.block}: ${read.call}`),
    })),
    ...(ageDays === undefined
      ? []
      : [
          {
            area: "age",
            risk: `${contract} is ${Math.floor(ageDays)} days old`,
            grade: ageDays < 30 ? ("medium" as const) : ("low" as const),
            evidence: [`${contract}, time of its first block`],
          },
        ]),
    ...(bytecode
      ? [
          {
            area: "bytecode",
            risk: `${bytecode.verdict}: ${bytecode.why}`,
            grade: bytecode.verdict === "verified" ? ("low" as const) : ("medium" as const),
            evidence: [`block ${bytecode.block}: ${bytecode.call}`],
          },
        ]
      : []),
  ].filter((risk) => risk.evidence.length > 0);
}

function marketRisks({ tvl, comparison, concentration }: z.infer<typeof Market>): Risk[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    ...(comparison
      ? [
          {
            area: "TVL",
            risk: `${usd(comparison.said)} are said to be there, ${usd(comparison.counted)} were counted: ${percent(comparison.apart)} apart`,
            grade: comparison.flagged
              ? comparison.apart > 0.5
                ? ("high" as const)
                : ("medium" as const)
              : ("low" as const),
            evidence: [
              ...(tvl ? [tvl.from] : []),
              ...comparison.reads.map((read) => `block ${read.block}: ${read.call}`),
            ],
          },
        ]
      : tvl
        ? [
            {
              area: "TVL",
              risk: `${usd(tvl.total)} by DefiLlama alone, not counted on the chain`,
              grade: "medium" as const,
              evidence: [tvl.from],
            },
          ]
        : []),
    ...(concentration
      ? [
          {
            area: "concentration",
            risk: `The largest holder has ${percent(concentration.largest)}, the ten largest ${percent(concentration.ten)}`,
            grade:
              concentration.largest > 0.5
                ? ("high" as const)
                : concentration.largest > 0.2 || concentration.ten > 0.8
                  ? ("medium" as const)
                  : ("low" as const),
            evidence: [concentration.from],
          },
        ]
      : []),
  ].filter((risk) => risk.evidence.length > 0);
}

function usd(amount: number): string {
  return `${Math.round(amount).toLocaleString("en-US")} USD`;
}

function gradeOf(name: string): Risk["grade"] {
  const found = GradeName.safeParse(name);
  return found.success ? found.data : "low";
}

/** The table for a report. */
export function shownTable(table: RiskTable): string {
  const rows = table.risks.map((risk) => [risk.id, risk.area, risk.risk, risk.grade, risk.evidence.join("; ")]);
  return [
    `Overall risk: **${table.grade}**. ${table.rule}`,
    "",
    markdownTable(["id", "area", "risk", "grade", "evidence"], rows),
    ...(table.unknown.length > 0 ? ["", `Not known: ${table.unknown.map(cell).join(" ")}`] : []),
  ].join("\n");
}
