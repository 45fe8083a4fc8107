/** What a QEMU can do that an older one cannot. */
export interface Abilities {
  /** It maps a file copy on write without being able to write to it. */
  protectsMemory: boolean;
  /** It loads a saved machine from a file by its name, and warns about one that is given as a bare descriptor. */
  loadsFiles: boolean;
}

/** By the first line of `--version`. */
export function abilitiesOf(version: string): Abilities {
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const isAtLeast = (wantedMajor: number, wantedMinor: number) =>
    major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return { protectsMemory: isAtLeast(8, 2), loadsFiles: isAtLeast(9, 1) };
}
