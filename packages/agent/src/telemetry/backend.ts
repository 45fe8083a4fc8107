import { SpanKind } from "@opentelemetry/api";
import type { SandboxBackendProtocolV2 } from "deepagents";
import { inSpan, isTraced } from "./span.js";

/** Calls that reach into the machine; what else a backend has is its own business. */
const CALLS: ReadonlySet<string | symbol> = new Set([
  "execute",
  "ls",
  "read",
  "readRaw",
  "write",
  "edit",
  "delete",
  "grep",
  "glob",
  "uploadFiles",
  "downloadFiles",
]);

/**
 * A backend whose calls are spans: which call, in which machine, and how it ended; no paths, no commands, no output. Outside of a trace it
 * is the backend itself.
 * @param machine `microvm`, or the name of the service that runs it
 */
export function traceBackend<B extends SandboxBackendProtocolV2>(backend: B, machine: string): B {
  if (!isTraced()) return backend;
  return new Proxy(backend, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (!CALLS.has(name)) return member.bind(target);
      const attributes = { "vibewriter.vm.id": target.id, "vibewriter.vm.kind": machine };
      return (...args: unknown[]) =>
        inSpan({ name: `vm ${String(name)}`, kind: SpanKind.CLIENT, attributes }, async (span) => {
          const result: unknown = await Reflect.apply(member, target, args);
          if (name === "execute" && hasExitCode(result)) span.setAttribute("process.exit.code", result.exitCode);
          return result;
        });
    },
  });
}

function hasExitCode(result: unknown): result is { exitCode: number } {
  return typeof result === "object" && result !== null && "exitCode" in result && typeof result.exitCode === "number";
}
