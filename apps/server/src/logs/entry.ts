import { z } from "zod";

/** From the finest to the coarsest. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

const field = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** A line of the server's log: what happened, and what it was about. */
export const LogEntry = z.object({ time: z.string(), level: z.enum(LEVELS), event: z.string() }).catchall(field);
export type LogEntry = z.infer<typeof LogEntry>;
