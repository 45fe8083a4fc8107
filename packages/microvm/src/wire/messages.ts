import { z } from "zod";
import { type GuestErrorCode, guestErrorCodes } from "../errors.js";
import { type CborValue, decodeCbor } from "./cbor.js";
import { violation } from "./frame.js";
import { printable } from "./printable.js";

const uint = z.number().int().nonnegative();
const text = z.string().max(65_536);
/** Text that may come before a person's eyes. */
const words = text.transform(printable);
/** Microseconds on the wire; the host works in milliseconds. */
const micros = z
  .number()
  .int()
  .transform((value) => value / 1_000);

/** What a peer says first. Host: `{generations, client}`; this is the guest's. */
export const guestHello = z.object({
  generation: z.literal(1),
  agent: words,
  boot: words,
  epoch: uint,
  configured: z.boolean(),
  limits: z.object({ streams: uint, frame: uint, window: uint }),
});
export type GuestHello = z.infer<typeof guestHello>;

export const goaway = z.object({ code: words, message: words });

/** Clients treat unknown error codes as `internal`. */
const errorCode = text.transform(
  (code): GuestErrorCode => guestErrorCodes.find((known) => known === code) ?? "internal",
);
export const reply = z.union([
  z.object({ ok: z.record(z.string(), z.unknown()) }),
  z.object({ error: z.object({ code: errorCode, message: words }) }),
]);
export type Reply = z.infer<typeof reply>;

const fileType = z.enum(["file", "directory", "symlink", "other"]);
const empty = z.object({});

/** How a program ended; `attach` gives it for an operation that `exec` began. */
const execResult = z
  .object({
    exit_code: z.number().int(),
    signal: uint.optional(),
    timed_out: z.boolean(),
    cancelled: z.boolean(),
    stdout_bytes: uint,
    stderr_bytes: uint,
    truncated: z.boolean(),
    duration_us: micros,
  })
  .transform((raw) => ({
    exitCode: raw.exit_code,
    signal: raw.signal,
    timedOut: raw.timed_out,
    cancelled: raw.cancelled,
    truncated: raw.truncated,
    durationMs: raw.duration_us,
  }));

/** What all programs of a VM use together, and what they may use; the disk's figures only where there is one. */
const metrics = z
  .object({
    uptime_us: micros,
    cpu_us: micros,
    processes: uint,
    max_processes: uint,
    memory_bytes: uint,
    max_memory_bytes: uint,
    total_memory_bytes: uint,
    disk_bytes: uint.optional(),
    max_disk_bytes: uint.optional(),
    inodes: uint.optional(),
    max_inodes: uint.optional(),
  })
  .transform((raw) => ({
    uptimeMs: raw.uptime_us,
    cpuMs: raw.cpu_us,
    processes: raw.processes,
    maxProcesses: raw.max_processes,
    memoryBytes: raw.memory_bytes,
    maxMemoryBytes: raw.max_memory_bytes,
    /** Of the whole VM, kernel and agent included. */
    totalMemoryBytes: raw.total_memory_bytes,
    diskBytes: raw.disk_bytes,
    maxDiskBytes: raw.max_disk_bytes,
    inodes: raw.inodes,
    maxInodes: raw.max_inodes,
  }));

/** The result of each call, by its name; unknown keys are dropped. */
export const results = {
  configure: empty,
  exec: execResult,
  read: z
    .object({ size: uint, mode: uint, mtime_us: micros })
    .transform(({ mtime_us, ...rest }) => ({ ...rest, mtimeMs: mtime_us })),
  write: z.object({ size: uint }),
  edit: z.object({ replaced: uint }),
  stat: z
    .object({ type: fileType, size: uint, mode: uint, mtime_us: micros })
    .transform(({ mtime_us, ...rest }) => ({ ...rest, mtimeMs: mtime_us })),
  list: z.object({
    entries: z.array(
      z
        .object({ name: text, type: fileType, size: uint, mtime_us: micros })
        .transform(({ mtime_us, ...rest }) => ({ ...rest, mtimeMs: mtime_us })),
    ),
    truncated: z.boolean(),
  }),
  mkdir: empty,
  remove: empty,
  rename: empty,
  glob: z.object({
    entries: z.array(
      z
        .object({ path: text, type: fileType, size: uint, mtime_us: micros })
        .transform(({ mtime_us, ...rest }) => ({ ...rest, mtimeMs: mtime_us })),
    ),
    truncated: z.boolean(),
  }),
  grep: z.object({ matches: z.array(z.object({ path: text, line: uint, text })), truncated: z.boolean() }),
  start_service: z.object({ pid: uint }),
  service: z.object({ bytes: uint }),
  attach: execResult,
  signal: empty,
  resize: empty,
  watch: z.object({ events: uint }),
  freeze: empty,
  thaw: z.object({ was_frozen: z.boolean() }).transform((raw) => ({ wasFrozen: raw.was_frozen })),
  metrics,
  renew: empty,
  grant: empty,
  accept: z.object({ sent: uint, received: uint }),
  sync: empty,
  power_off: empty,
} as const;

export type Op = keyof typeof results;
export type ResultOf<O extends Op> = z.output<(typeof results)[O]>;
export type GuestMetrics = ResultOf<"metrics">;

/** Decodes a payload and checks it against `schema`. Throws MicroVMError `protocol_violation`. */
export function parsePayload<T>(schema: z.ZodType<T>, payload: Uint8Array, what: string): T {
  return parseValue(schema, decodeCbor(payload), what);
}

export function parseValue<T>(schema: z.ZodType<T>, value: CborValue | unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw violation(
    `${what} does not fit its schema at ${printable(issue?.path.join(".") ?? "") || "the top"}: ${issue?.code}`,
  );
}
