import type { Server } from "@vibewriter/microvm";

export type { Server } from "@vibewriter/microvm";

/** The way out of the programs of one sandbox, as far as this host has a say in it. */
export interface Reach {
  /** Lets them reach one more server until that is disposed of; absent where they reach the tools of their run and nothing else. */
  readonly open?: (server: Server) => Disposable;
  /** Calls back for each server that they ask for and are refused, until that is disposed of. */
  watch(onRefused: (server: Server) => void): Disposable;
}

/** As a person reads it. */
export function serverText({ host, port }: Server): string {
  return `${host}:${port}`;
}
