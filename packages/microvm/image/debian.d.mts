/** Where this machine gets Debian's packages from; undefined if its apt names no server. */
export function debianMirrors(etc?: string): Promise<{ main: string; security: string } | undefined>;

/** How this machine reaches that server, as lines of an apt configuration. */
export function aptOptions(): Promise<string[]>;
