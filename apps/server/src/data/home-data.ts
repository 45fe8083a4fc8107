import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AgentData } from "@vibewriter/agent/host";
import { codeOf, messageOf, ServerError } from "../errors.js";
import type { VmService } from "../routes/vms.js";
import type { DataErased, DataExport } from "./api.js";

/** What stays of an agent wherever it is erased. */
const STAYS: readonly string[] = [
  "What it has published and cited stays, with its postings: others build on it. vibewriter retract takes an article back.",
  "Its audit stays as a chain that can be verified; what was in it cannot be read any more, but for what other hosts have written.",
  "Reports that were laid out in folders of yours are yours to delete.",
  "Backups from before have all of it, and those with a passphrase what its audit said: delete them. Those that are made from now on cannot read its audit.",
  "The server's logs name its runs and the hosts that it asked for, without what was said.",
  "The contents of its files leave the store with its next sweeps, within two days. What NATS has deleted lies in its files until it writes them anew.",
];

/** What a home keeps of its agents, for whoever it is about. */
export class HomeData {
  readonly #data: Pick<AgentData, "assertErasable" | "erase" | "export">;
  readonly #vms: Pick<VmService, "list" | "destroy">;

  constructor(o: {
    data: Pick<AgentData, "assertErasable" | "erase" | "export">;
    vms: Pick<VmService, "list" | "destroy">;
  }) {
    this.#data = o.data;
    this.#vms = o.vms;
  }

  /**
   * All of it or none: of one that is cut off, or fails, the folder goes.
   * @throws ServerError `exists` for a folder that is there, `output_failed` for one that cannot be written
   */
  async export(agent: string, folder: string, signal: AbortSignal): Promise<DataExport> {
    await makeNew(folder);
    try {
      return await this.#write(agent, folder, signal);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      throw cause;
    }
  }

  async #write(agent: string, folder: string, signal: AbortSignal): Promise<DataExport> {
    let files = 0;
    let bytes = 0;
    let closed = 0;
    const onClosed = (entries: number) => {
      closed += entries;
    };
    for await (const { path, content } of this.#data.export(agent, { onClosed })) {
      signal.throwIfAborted();
      const place = join(folder, path);
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      await using file = await open(place, "wx", 0o600);
      for await (const chunk of content) {
        signal.throwIfAborted();
        const piece = Buffer.from(chunk);
        await file.writeFile(piece);
        bytes += piece.byteLength;
      }
      files += 1;
    }
    return { folder, files, bytes, closed };
  }

  /** @throws AgentError `run_busy`, BackboneError `forbidden`: then nothing is erased */
  async erase(agent: string): Promise<DataErased> {
    await this.#data.assertErasable(agent);
    const id = `agent-${agent}`;
    // Behind a dot, what a run that repeated another one has left when it was cut off.
    const own = this.#vms.list().vms.filter((one) => one.id === id || one.id.startsWith(`${id}.`));
    // First: what its programs ask of the network is recorded, under the key that is about to be destroyed.
    for (const vm of own) await this.#vms.destroy(vm.id);
    const erased = await this.#data.erase(agent);
    return { ...erased, vm: own.length > 0, stays: [...STAYS] };
  }
}

async function makeNew(folder: string): Promise<void> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    if (codeOf(cause) === "EEXIST")
      throw new ServerError("exists", `${folder} is there already; name a new folder.`, { cause });
    throw new ServerError("output_failed", `${folder} cannot be made (${messageOf(cause)}); name another folder.`, {
      cause,
    });
  }
}
