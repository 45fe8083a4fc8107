import childProcess from "node:child_process";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** What an orchestrator does to its host: each call of one of these is a point at which it can be cut off. */
const fileEffects = ["rename", "mkdir", "rm", "link", "open", "unlink", "copyFile", "truncate", "writeFile"] as const;

let left: number | undefined;
let delayMs = 0;

/** Kills this process after `count` more effects on the host, `thenMs` later. To be called before anything else is imported. */
export function dieAfter(count: number, thenMs: number): void {
  left = count;
  delayMs = thenMs;
}

export function instrument(): void {
  const host = files as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of fileEffects) wrap(host, name);
  wrap(childProcess as unknown as typeof host, "spawn");
  wrap(childProcess as unknown as typeof host, "execFile");
  wrap(net as unknown as typeof host, "connect");
  syncBuiltinESMExports();
}

function wrap(host: Record<string, (...args: unknown[]) => unknown>, name: string): void {
  const original = host[name];
  if (original === undefined) throw new Error(`there is no ${name} to wrap`);
  const counted = (...args: unknown[]) => {
    const result = original(...args);
    // When it is done, where that can be told: the effect is there and its consequence is not.
    if (result instanceof Promise) result.finally(count).catch(() => undefined);
    else count();
    return result;
  };
  // promisify(execFile) goes by a symbol of the original.
  host[name] = Object.assign(counted, original, Object.fromEntries(symbolsOf(original)));
}

function symbolsOf(original: object): [symbol, unknown][] {
  return Object.getOwnPropertySymbols(original).map((key) => [key, (original as Record<symbol, unknown>)[key]]);
}

function count(): void {
  if (left === undefined) return;
  left -= 1;
  if (left <= 0) {
    left = undefined;
    if (delayMs === 0) process.kill(process.pid, "SIGKILL");
    else setTimeout(() => process.kill(process.pid, "SIGKILL"), delayMs);
  }
}
