import { InvalidArgumentError } from "commander";

/** What the words of a command line mean. Each throws InvalidArgumentError, which says what is right. */

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (text.trim() !== "" && Number.isInteger(n) && n >= least && n <= most) return n;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}`);
  };
}

/** An id that names something: an empty one, of an unset variable, and a path's dots would name something else on the server. */
export function idFrom(list: string): (text: string) => string {
  return (text) => {
    if (!["", ".", ".."].includes(text.trim())) return text;
    throw new InvalidArgumentError(`It must be an id that \`${list}\` shows`);
  };
}

/** The name of something new. */
export function newName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a name of letters, digits, '.', '_' and '-', such as lab-1");
}

const MIB = 2 ** 20;
const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: MIB, G: 2 ** 30, T: 2 ** 40 };

/** A size with its unit, such as `512M` or `4G`, in MiB from `least` to `most`; a bare number is MiB already. */
export function mebibytes(least: number, most: number): (text: string) => number {
  return (text) => {
    const bytes = sizeOf(/^\d+$/.test(text) ? `${text}M` : text);
    const mib = bytes === undefined ? undefined : bytes / MIB;
    if (mib !== undefined && Number.isInteger(mib) && mib >= least && mib <= most) return mib;
    throw new InvalidArgumentError(
      `It must be a size from ${least}M to ${most}M, such as ${Math.max(least, 512)}M or 4G`,
    );
  };
}

/** Bytes, such as `500K` or `10M`: at least 1. */
export function bytes(text: string): number {
  const size = sizeOf(text);
  if (size !== undefined && size >= 1) return Math.round(size);
  throw new InvalidArgumentError("It must be a number of bytes, such as 500K or 10M");
}

const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };

/** A time such as `90s`, `30m`, `2h` or `7d`, in whole seconds; a bare number is seconds already. */
export function seconds(least: number, most: number): (text: string) => number {
  return (text) => {
    const [, digits, unit] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? [];
    const n = digits === undefined ? Number.NaN : Number(digits) * (SECONDS[unit ?? ""] ?? Number.NaN);
    if (n >= least && n <= most) return n;
    throw new InvalidArgumentError(`It must be a time from ${least} s to ${most} s, such as 90s, 30m or 2h`);
  };
}

/** A number such as `0.5` or `2`. */
export function decimal(least: number, most: number): (text: string) => number {
  return (text) => {
    const n = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (n >= least && n <= most) return n;
    throw new InvalidArgumentError(`It must be a number from ${least} to ${most}`);
  };
}

/** Gathers `HOST` or `HOST:PORT`, given once or more. What a host may be is the server's to say. */
export function hostAndPort(text: string, before: readonly HostAndPort[] = []): HostAndPort[] {
  const [, host, port] = /^([^\s:/]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host !== undefined && port === undefined) return [...before, { host }];
  if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535)
    return [...before, { host, ports: [Number(port)] }];
  throw new InvalidArgumentError("It must be a host, such as pypi.org, *.npmjs.org or example.com:8443");
}

export interface HostAndPort {
  host: string;
  ports?: number[];
}

/** Gathers `NAME=VALUE`, given once or more. */
export function assignment(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError("It must be a name and a value, such as COLOR=blue");
}

function sizeOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,12}(?:\.\d{1,3})?)([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  const factor = UNITS[(unit ?? "").toUpperCase()];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
