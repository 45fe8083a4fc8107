import { createHash } from "node:crypto";
import { type AuditSigner, isSignedBy } from "./anchor.js";

/** What the last line of an export says of those before it. */
export interface ExportSeal {
  readonly records: number;
  /** SHA-256 of the lines before, each with its end. */
  readonly sha256: string;
}

/** Counts and hashes the lines of an export, as they are written or read. */
export class ExportLines {
  readonly #hash = createHash("sha256");
  records = 0;

  add(line: string): void {
    this.#hash.update(`${line}\n`);
  }

  /** Of the lines so far. */
  seal(): ExportSeal {
    return { records: this.records, sha256: this.#hash.copy().digest("hex") };
  }
}

export function signSeal(seal: ExportSeal, signer: AuditSigner): string {
  return signer.sign(sealText(seal));
}

export function isSealSigned(seal: ExportSeal, signature: string, publicKey: string): boolean {
  return isSignedBy(publicKey, sealText(seal), signature);
}

/** The purpose is part of it, as of an anchor. */
function sealText({ records, sha256 }: ExportSeal): string {
  return `vibewriter audit export\n${JSON.stringify([1, records, sha256])}`;
}
