import { z } from "zod";

/** SHA-256 in lower-case hex. */
const hash = z.string();
/** The subagent's task it was in; absent: the main agent. */
const task = z.string().optional();

/** One thing that happened in a run, or was decided about it, as the audit keeps it. Texts are encrypted where they are stored, and screened before. */
export const AuditEntry = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("tool"),
    tool: z.string(),
    /** The id of the call, as the model gave it. */
    call: z.string(),
    /** `vibewriter` or the subagent's name. */
    agent: z.string(),
    task,
    /** The arguments as canonical JSON: their hash, and their beginning. */
    argsHash: hash,
    args: z.string(),
    /** Absent where there is no result. */
    resultHash: hash.optional(),
    resultBytes: z.int().optional(),
    /** Where what it answered comes from, in a few words; absent: from nowhere outside. */
    from: z.string().optional(),
    /** `waiting`: for a person, it is called again. `failed`: it ended the drive. */
    outcome: z.enum(["ok", "error", "waiting", "failed"]),
    code: z.string().optional(),
    ms: z.number(),
  }),
  z.object({
    kind: z.literal("decision"),
    /** What was decided about, such as `policy` or `question`. */
    what: z.string(),
    outcome: z.string(),
    why: z.string().optional(),
    /** The person, or the part of the host, who decided. */
    by: z.string().optional(),
    task,
  }),
  z.object({
    kind: z.literal("approval"),
    event: z.enum(["asked", "granted", "edited", "rejected", "used", "refused"]),
    tool: z.string(),
    /** What kind of effect it is for, as the policy names it. */
    operation: z.string().optional(),
    argsHash: hash.optional(),
    question: z.string().optional(),
    /** Why it was refused: `expired`, `used`, `invalid_grant`, ... */
    code: z.string().optional(),
    by: z.string().optional(),
    message: z.string().optional(),
    effectKey: z.string().optional(),
    /** What had tainted the agent that asked. */
    taint: z.array(z.string()).optional(),
    task,
  }),
  /** What programs of a VM asked of the network. */
  z.looseObject({
    kind: z.literal("egress"),
    outcome: z.enum(["allowed", "refused", "failed"]),
    host: z.string().optional(),
    reason: z.string().optional(),
  }),
  z.object({
    kind: z.literal("file"),
    event: z.enum(["written", "deleted"]),
    path: z.string(),
    sha256: hash.optional(),
    bytes: z.int().optional(),
  }),
  z.object({
    kind: z.literal("memory"),
    /** `refused`: it was left there without leave, and waits for a person; `dropped`: a person does not want it. */
    event: z.enum(["written", "deleted", "refused", "dropped"]),
    path: z.string(),
    sha256: hash.optional(),
    bytes: z.int().optional(),
    /** `the agent`, `a program in the VM` or `a person`. */
    by: z.string(),
  }),
  z.object({
    kind: z.literal("model"),
    model: z.string(),
    agent: z.string(),
    task,
    ok: z.boolean(),
    code: z.string().optional(),
    inputTokens: z.int().optional(),
    outputTokens: z.int().optional(),
    /** Absent for a judge's, which sees a sentence and a passage. */
    requestHash: hash.optional(),
    answerHash: hash.optional(),
    ms: z.number().optional(),
  }),
  z.object({
    kind: z.literal("run"),
    event: z.enum(["begun", "ended"]),
    /** How often the run was driven, this time included. */
    drive: z.int(),
    status: z.string().optional(),
    code: z.string().optional(),
  }),
]);
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The kinds of entries, for who asks for one of them. */
export const AUDIT_KINDS: readonly AuditEntry["kind"][] = AuditEntry.options.map(({ shape }) => shape.kind.value);
