import type { Place } from "./solidity/program.js";

export const GRADES = ["none", "low", "medium", "high", "critical"] as const;
export type Grade = (typeof GRADES)[number];
export type Severity = "info" | "low" | "medium" | "high" | "critical";
export type Likelihood = "unlikely" | "possible" | "likely";

/** What a detector found, and where. */
export interface Finding {
  /** `F1`, `F2`, …: what a line of the risk table names. */
  readonly id: string;
  readonly detector: string;
  readonly title: string;
  readonly severity: Severity;
  readonly likelihood: Likelihood;
  readonly risk: Grade;
  readonly contract: string;
  readonly function?: string;
  readonly where: Place;
  readonly why: string;
  /** Who can do it. */
  readonly who?: string;
}

/** A finding as a detector makes it; the rest follows from it. */
export type Draft = Omit<Finding, "id" | "risk" | "contract" | "detector">;

/**
 * How bad times how likely. What only whoever holds a key can do is `unlikely` where users' money is out of reach, `possible` else; what
 * anybody can do is `likely`.
 */
export function riskOf(severity: Severity, likelihood: Likelihood): Grade {
  if (severity === "info" || severity === "low") return "low";
  const at = { medium: 2, high: 3, critical: 4 }[severity] - { likely: 0, possible: 1, unlikely: 2 }[likelihood];
  // A medium one is medium when it is possible too.
  if (severity === "medium" && likelihood === "possible") return "medium";
  return GRADES[Math.max(1, at)] ?? "low";
}

export function worst(grades: readonly Grade[]): Grade {
  return grades.reduce((a, b) => (GRADES.indexOf(b) > GRADES.indexOf(a) ? b : a), "none");
}
