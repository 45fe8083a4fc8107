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
  notes: z.array(z.string()),
  missing: z.array(z.string()),
  failed: z.array(z.object({ file: z.string(), reason: z.string() })),
  findings: z.array(
    z.object({
      id: z.string(),
      detector: z.string(),
      title: z.string(),
      risk: z.string(),
      likelihood: z.string(),
      contract: z.string(),
      where: Place,
      who: z.string().optional(),
    }),
  ),
});
const Said = z.object({ value: z.string(), line: z.number(), quote: z.string() });
const Audit = z.object({
  kind: z.literal("audit"),
  source: z.string(),
  commits: z.array(Said),
  notes: z.array(z.string()),
  findings: z.array(
    z.object({ id: z.string(), title: z.string(), level: z.string(), status: z.string(), line: z.number() }),
  ),
});
const Read = z.object({ call: z.string(), block: z.number() });
const Chain = z.object({
  kind: z.literal("chain"),
  contract: z.string(),
  age: z.object({ created: z.number(), days: z.number(), read: Read }).optional(),
  notes: z.array(z.string()),
  powers: z.array(
    z.object({ role: z.string(), address: z.string(), kind: z.string(), detail: z.string(), reads: z.array(Read) }),
  ),
  bytecode: z.object({ verdict: z.string(), why: z.string(), call: z.string(), block: z.number() }).optional(),
});
const Compared = z.object({
  said: z.number(),
  counted: z.number(),
  apart: z.number(),
  flagged: z.boolean(),
  reads: z.array(Read),
});
const Market = z.object({
  kind: z.literal("market"),
  tvl: z.object({ total: z.number(), from: z.string() }).optional(),
  volume: z.object({ day: z.number().optional(), from: z.string() }).optional(),
  comparison: Compared.optional(),
  traded: Compared.optional(),
  concentration: z.object({ largest: z.number(), ten: z.number(), from: z.string() }).optional(),
});
const Own = z.object({ kind: z.literal("own"), risks: z.array(Risk) });

/** What the other programs print with `--json`, and risks that somebody adds with their evidence. */
export const Part = z.discriminatedUnion("kind", [Contracts, Audit, Chain, Market, Own]);
export type Part = z.infer<typeof Part>;

export interface RiskTable {
  /** `unknown`: nothing above low was found, and something that would decide was not looked at. */
  readonly grade: Grade | "unknown";
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
  const grade = worst(risks.map((risk) => risk.grade));
  const first = risks.find((risk) => risk.grade === grade);
  const unknown = unknownIn(parts);
  if (GRADES.indexOf(grade) <= GRADES.indexOf("low") && unknown.code.length > 0)
    return {
      grade: "unknown",
      rule: "What would decide was not looked at.",
      risks,
      unknown: Object.values(unknown).flat(),
    };
  const rule = first ? `The worst line counts: ${first.id}.` : "No line was found.";
  return { grade: grade === "none" ? "low" : grade, rule, risks, unknown: Object.values(unknown).flat() };
}

/** What was not looked at, or not to the end. Without the code nothing is low. */
function unknownIn(parts: readonly Part[]): { readonly code: string[]; readonly rest: string[] } {
  const of = <K extends Part["kind"]>(kind: K) =>
    parts.filter((part): part is Extract<Part, { kind: K }> => part.kind === kind);
  const [contracts, audits, chains, markets] = [of("contracts"), of("audit"), of("chain"), of("market")];
  const code = [
    ...(contracts.length === 0 ? ["The code was not looked at."] : []),
    ...contracts.flatMap(({ notes, missing, grade }) => [
      ...notes,
      ...missing.map((line) => `Not found: ${line}`),
      ...(grade === "unknown" && notes.length + missing.length === 0 ? ["A part of the code could not be read."] : []),
    ]),
    ...(chains.some(({ powers }) => powers.length > 0) ? [] : contracts.flatMap(({ findings }) => swapsOf(findings))),
  ];
  const rest = [
    ...(audits.length === 0 ? ["No audit report was read."] : []),
    ...audits.flatMap(({ source, notes }) => notes.map((note) => `[${source}]: ${note}`)),
    ...chains.flatMap(({ notes }) => notes),
    ...(chains.some(({ powers }) => powers.length > 0)
      ? []
      : ["Who holds the owner's rights was not found on the chain."]),
    ...(markets.some(({ tvl }) => tvl) ? [] : ["TVL was not looked at."]),
    ...(markets.some(({ concentration }) => concentration) ? [] : ["How few hold the token was not looked at."]),
  ];
  return { code, rest };
}

/** Whoever can change the code at once can do anything: what that comes to is who they are, and nobody has asked the chain. */
function swapsOf(findings: z.infer<typeof Contracts>["findings"]): string[] {
  const swaps = findings.filter(
    ({ detector, likelihood, who = "anybody" }) =>
      detector === "upgradability" && likelihood === "possible" && who !== "anybody",
  );
  return swaps.map(({ contract, title, who }) => `Who ${who} is was not asked of the chain (${contract}: ${title}).`);
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
function chainRisks({ contract, powers, age, bytecode }: z.infer<typeof Chain>): Risk[] {
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
      grade: held[heldLike(power)]?.[power.role === "admin" ? "admin" : "owner"] ?? ("medium" as const),
      evidence: power.reads.slice(0, 3).map((read) => `block ${read.block}: ${read.call}`),
    })),
    ...(age === undefined
      ? []
      : [
          {
            area: "age",
            risk: `${contract} is ${Math.floor(age.days)} days old`,
            grade: age.days < 30 ? ("medium" as const) : ("low" as const),
            evidence: [`block ${age.created}: ${age.read.call}`],
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

/** One signature of one, or an hour to leave in, is as good as a single key. */
function heldLike({ kind, detail }: { kind: string; detail: string }): string {
  const isAlone = kind === "multisig" && /^[01] of /.test(detail);
  const isAtOnce = kind === "timelock" && Number.parseFloat(detail) < 1;
  return isAlone || isAtOnce ? "single key" : kind;
}

type Market = z.infer<typeof Market>;

function marketRisks({ tvl, volume, comparison, traded, concentration }: Market): Risk[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    ...figureRisks("TVL", tvl && { said: tvl.total, from: tvl.from }, comparison),
    ...figureRisks("volume", volume?.day === undefined ? undefined : { said: volume.day, from: volume.from }, traded),
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

/** What DefiLlama says, beside what was counted on the chain. */
function figureRisks(
  area: string,
  listed: { said: number; from: string } | undefined,
  compared: z.infer<typeof Compared> | undefined,
): Risk[] {
  if (compared !== undefined) {
    const { said, counted, apart, flagged, reads } = compared;
    const grade = !flagged ? "low" : apart > 0.5 ? "high" : "medium";
    const risk = `${usd(said)} are said, ${usd(counted)} were counted: ${(100 * apart).toFixed(1)} % apart`;
    const evidence = [...(listed ? [listed.from] : []), ...reads.map((read) => `block ${read.block}: ${read.call}`)];
    return [{ area, risk, grade, evidence }];
  }
  if (listed === undefined) return [];
  const risk = `${usd(listed.said)} by DefiLlama alone, not counted on the chain`;
  return [{ area, risk, grade: "medium", evidence: [listed.from] }];
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
