import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomUUID } from "node:crypto";

/** A call's name in the guest's journal. */
export interface OperationId {
  id: string;
  /** True if nobody outside this process knows the id: once the reply is here, nothing will ask for it again. */
  transient: boolean;
}

const scopes = new AsyncLocalStorage<{ scope: string; calls: number }>();
const valid = /^[A-Za-z0-9._:-]{1,96}$/;

/**
 * Names the VM calls made inside `fn`, for interfaces that have no room for an operation id: the n-th call that changes
 * something gets the id `<scope>.<n>`. Run again after a crash with the same scope and the same calls in the same order,
 * each call is re-attached or answered from the guest's journal instead of being executed twice.
 *
 * ```ts
 * await withOperations(`${runId}.${toolCallId}`, () => backend.execute("make"));
 * ```
 */
export function withOperations<T>(scope: string, fn: () => Promise<T>): Promise<T> {
  return scopes.run({ scope: wireSafe(scope), calls: 0 }, fn);
}

/** The id for the next call that changes something: the caller's own, the scope's, or a random one. */
export function nextOperation(own?: string): OperationId {
  if (own !== undefined) return { id: wireSafe(own), transient: false };
  const scope = scopes.getStore();
  if (scope === undefined) return { id: `once.${randomUUID()}`, transient: true };
  scope.calls += 1;
  return { id: `${scope.scope}.${scope.calls}`, transient: false };
}

/** The name on the wire of an operation id: the protocol allows 128 plain characters; any other is replaced by its hash, the same one each time. */
export function wireSafe(name: string): string {
  return valid.test(name) ? name : `sha256-${createHash("sha256").update(name).digest("hex")}`;
}
