import { MicroVMError } from "../errors.js";
import { hasCode } from "../home.js";
import { ProgramError } from "./namespace.js";

const tailCharacters = 600;

/** What package managers say of a package that they do not have, and whose it is. */
const unknownPackage: readonly { pattern: RegExp; what: string; key: string }[] = [
  { pattern: /E: Unable to locate package (\S+)/, what: "Debian package", key: "apt" },
  { pattern: /E: Couldn't find any package by \w+ '([^']+)'/, what: "Debian package", key: "apt" },
  { pattern: /E: Package '([^']+)' has no installation candidate/, what: "Debian package", key: "apt" },
  { pattern: /E: (Version '[^']+' for '[^']+') was not found/, what: "Debian package", key: "apt" },
  {
    pattern: /No matching distribution found for (\S+)/,
    what: "Python package with a wheel for this image",
    key: "pip",
  },
  {
    pattern: /npm error 404\s+(?:The requested resource )?'([^']+?)(?:@\*)?' (?:is not in|could not be found)/,
    what: "npm package",
    key: "npm",
  },
  { pattern: /npm error notarget No matching version found for (\S+?)\.?(?:\s|$)/, what: "npm package", key: "npm" },
];

const unreachable =
  /Temporary failure resolving|Could not resolve|Could not connect|Failed to establish a new connection|ENOTFOUND|EAI_AGAIN|ECONNREFUSED/;

/** A failed step as an error for a person: which package there is not, that no server was reached, or what the program said last. */
export function explainFailure(error: unknown, step: string): unknown {
  if (hasCode(error, "ENOSPC") || (error instanceof ProgramError && /No space left on device/.test(error.output))) {
    const text = "There is no space left to build the image; free some, or set TMPDIR to a larger file system.";
    return new MicroVMError("no_space", text, { cause: error });
  }
  if (!(error instanceof ProgramError)) return error;
  for (const { pattern, what, key } of unknownPackage) {
    const name = pattern.exec(error.output)?.[1];
    if (name !== undefined) return failed(`there is no ${what} ${name}; correct it under ${key}`, error);
  }
  if (unreachable.test(error.output))
    return failed("a package server cannot be reached; see that this machine has a network and try again", error);
  const said = error.output.slice(-tailCharacters).replaceAll(/\s*\n\s*/g, " | ");
  return failed(`${step} failed (${error.message}): ${said || "it said nothing"}`, error);
}

function failed(why: string, cause: unknown): MicroVMError {
  return new MicroVMError("image_failed", `The image could not be built: ${why}.`, { cause });
}
