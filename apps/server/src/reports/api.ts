import { ReportFormat, ReportStyle } from "@vibewriter/agent/runs";
import type { z } from "zod";

/** What is asked of a run's report: its format, and how it is styled. */
export const ReportQuery = ReportStyle.extend({ format: ReportFormat }).strict();
export type ReportQuery = z.infer<typeof ReportQuery>;
