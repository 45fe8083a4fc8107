import { randomUUID } from "node:crypto";
import type { Terminal } from "@vibewriter/microvm";
import type { z } from "zod";
import { ServerError } from "../errors.js";
import type { Ended, Program, Size } from "./contract.js";
import type { ServedSession } from "./served-session.js";
import type { SessionVm } from "./vm.js";

type ProgramOf = z.output<typeof Program>;

/** As much of a program's output as a VM passes on. */
const LARGEST_OUTPUT = 67_108_864;

/** Runs a program for a client, with a terminal if it asked for one. */
export function runProgram(session: ServedSession, vm: SessionVm, program: ProgramOf): Promise<Ended> {
  return program.terminal ? runInTerminal(session, vm, program, program.terminal) : run(session, vm, program);
}

async function run(session: ServedSession, vm: SessionVm, { argv, cwd, env, timeoutMs }: ProgramOf): Promise<Ended> {
  const operationId = `session.${randomUUID()}`;
  session.control({
    signal: (number) => vm.signal(operationId, number),
    resize: () => Promise.reject(new ServerError("bad_request", "A program without a terminal has no size.")),
  });
  const { exitCode, signal, timedOut, truncated, durationMs } = await vm.exec({
    argv,
    cwd,
    env,
    timeoutMs,
    maxOutputBytes: LARGEST_OUTPUT,
    operationId,
    signal: session.signal,
    stdin: () => session.input,
    onStdout: (bytes) => void session.tell("stdout", bytes),
    onStderr: (bytes) => void session.tell("stderr", bytes),
  });
  return { exitCode, signal, timedOut, truncated, durationMs };
}

async function runInTerminal(session: ServedSession, vm: SessionVm, program: ProgramOf, size: Size): Promise<Ended> {
  const { argv, cwd, env } = program;
  const started = performance.now();
  const terminal = await vm.terminal({ argv, cwd, env, ...size });
  try {
    session.control({
      signal: (number) => terminal.signal(number),
      resize: ({ rows, cols }) => terminal.resize(rows, cols),
    });
    session.signal.addEventListener("abort", () => void terminal.close(), { once: true });
    session.signal.throwIfAborted();
    type(session, terminal).catch((error: unknown) => session.leave(error));
    for await (const bytes of terminal) await session.tell("stdout", bytes);
    const { exitCode, signal } = await terminal.done;
    return { exitCode, signal, timedOut: false, truncated: false, durationMs: performance.now() - started };
  } finally {
    await terminal.close();
  }
}

async function type(session: ServedSession, terminal: Terminal): Promise<void> {
  for await (const bytes of session.input) await terminal.write(bytes);
}
