import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { BackboneError } from "../errors.js";
import type { Records } from "../records.js";
import { Anchor, type AuditSigner, makeAnchor } from "./anchor.js";
import type { Head } from "./chain-end.js";

/** The bucket with the newest anchor of each chain and host. */
export const ANCHORS = "VIBEWRITER_ANCHORS";

/**
 * Where chains have ended, kept where whoever can rewrite the stream cannot: in a file of the home, which is only ever appended to, and, so that other
 * hosts see them, in a bucket.
 */
export class Anchors {
  readonly #path: string;
  readonly #records: Records<Anchor>;
  readonly #signer: AuditSigner;
  readonly #host: string;

  constructor(o: { path: string; records: Records<Anchor>; signer: AuditSigner; host: string }) {
    this.#path = o.path;
    this.#records = o.records;
    this.#signer = o.signer;
    this.#host = o.host;
  }

  /** What vouches for an export of the audit, too. */
  get signer(): AuditSigner {
    return this.#signer;
  }

  /** The end of a chain that this home has kept last. @throws BackboneError `corrupt` for a line that is no anchor */
  async last(agent: string): Promise<Head | undefined> {
    return (await this.#own()).findLast((anchor) => anchor.agent === agent);
  }

  /** Keeps the end of a chain. It is on the disk when this returns. @throws Error if the file cannot be written, BackboneError */
  async add(agent: string, head: Head): Promise<void> {
    const { seq, hash } = head;
    const anchor = makeAnchor({ agent, seq, hash, host: this.#host }, this.#signer);
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    {
      await using file = await open(this.#path, "a", 0o600);
      // Behind what a crash may have left half written.
      await file.writeFile(`\n${JSON.stringify(anchor)}\n`);
      await file.datasync();
    }
    // A chain that has become shorter is not for us to forget.
    await this.#records.update(`${agent}.${this.#host}`, (now) =>
      now === undefined || now.seq < anchor.seq ? anchor : undefined,
    );
  }

  /**
   * All that are known of chains: of this home, then the newest of each host. Workers may write the bucket: what is no anchor there vouches for
   * nothing, and keeps nobody from verifying. @throws BackboneError `corrupt` for a line of the home's own file that is no anchor
   */
  async all(): Promise<Anchor[]> {
    const shared = (await this.#records.listReadable()).map(({ value }) => value);
    return [...(await this.#own()), ...shared];
  }

  /** The home's own file of them as it is now; empty if there is none. */
  async text(): Promise<string> {
    try {
      return await readFile(this.#path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
      throw error;
    }
  }

  async #own(): Promise<Anchor[]> {
    // A line without its end was cut off by a crash: whoever wrote it has not been told that it is there.
    return (await this.text()).split("\n").flatMap((line, i) => (line.endsWith("}") ? [this.#parse(line, i + 1)] : []));
  }

  #parse(line: string, number: number): Anchor {
    try {
      return Anchor.parse(JSON.parse(line));
    } catch (cause) {
      const text = `Line ${number} of ${this.#path} is no anchor of the audit: somebody has changed it; restore the file from a backup.`;
      throw new BackboneError("corrupt", text, { cause });
    }
  }
}
