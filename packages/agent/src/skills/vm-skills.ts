import type { Audit } from "../audit/audit.js";
import { sha256 } from "../canonical.js";
import { AgentError } from "../errors.js";
import type { FileTree, TreeFile } from "../files/file-tree.js";
import { FileRefused, type Look, type SandboxFiles } from "../files/sandbox-files.js";
import type { Policy } from "../policy/policy.js";
import type { Guarded } from "../taint/output-filter.js";
import { Refusal } from "../tools/refusal.js";
import { MOST_BYTES } from "./rules.js";
import { type Skill, skillOf } from "./skill.js";
import { mayPropose } from "./skill-door.js";
import type { SkillShelf } from "./skill-shelf.js";

const ROOT = "/skills";
/** Who has written what was put back. */
const PINNED = "skills";
/** Looks at a folder in which there is more than one look shows. */
const MOST_LOOKS = 20;

export interface SkillNotice {
  /** The same for the same thing. */
  readonly id: string;
  readonly level: "info" | "warn";
  readonly text: string;
}

export interface VmSkillsOptions {
  readonly agentId: string;
  readonly runId: string;
  /** What is kept of the agent's `/skills`. */
  readonly tree: FileTree;
  /** Of the agent: it hears of what is proposed, and of what is not. */
  readonly audit: Pick<Audit, "record" | "written">;
}

/**
 * The skills in the VM of an agent. When a run begins, `/skills` has the built-in ones and those that a person has installed, byte for byte, and
 * nothing else. What the run then adds or changes is its own: it finds it again when it is driven again, no other run does, and at its end
 * it is a proposal, where the policy of the home lets agents make any.
 */
export class VmSkills {
  readonly #shelf: SkillShelf;
  readonly #policy: Policy;
  readonly #secrets: Guarded["secrets"];

  constructor(o: { shelf: SkillShelf; policy: Policy; secrets: Guarded["secrets"] }) {
    this.#shelf = o.shelf;
    this.#policy = o.policy;
    this.#secrets = o.secrets;
  }

  /**
   * Puts `/skills` in order before a drive, in the VM and in what is kept of it.
   * @param o.drive how often the run was driven, this one included
   * @param o.given what came with the image
   * @throws AgentError `sandbox_failed` if the VM does not let an installed skill be put back
   */
  async prepare(
    o: VmSkillsOptions & { drive: number; sandbox: SandboxFiles; given: ReadonlySet<string> },
  ): Promise<SkillNotice[]> {
    const pinned = await this.#shelf.installed(o.agentId);
    const kept = byName(await o.tree.files());
    const isOwn = (name: string) => o.drive > 1 && isBy(kept.get(name), o.runId);
    const foreign = [...kept.keys()].filter((name) => !o.given.has(name) && !isOwn(name));
    // What another run has left behind that did not come to its end: nothing of it is lost, and nothing of it stays.
    const notices = await this.#propose(o, foreign, pinned);
    for (const name of foreign) await settleTree(o.tree, name, kept.get(name), pinned.get(name));
    for (const [name, skill] of pinned) {
      if (!kept.has(name) && !o.given.has(name)) await settleTree(o.tree, name, undefined, skill);
    }
    await clearOthers(
      o,
      (name) => {
        if (o.given.has(name) || isOwn(name)) return true;
        // Written in a call that was cut off, and not yet kept: it is this run's, if it is nobody's else.
        return !pinned.has(name) && o.drive > 1 && !kept.has(name);
      },
      pinned,
    );
    return notices;
  }

  /** Makes proposals of what this run has added to `/skills`, or changed there, as far as it is kept. */
  async collect(o: VmSkillsOptions): Promise<SkillNotice[]> {
    const kept = byName(await o.tree.files());
    const own = [...kept].filter(([, files]) => isBy(files, o.runId)).map(([name]) => name);
    return own.length === 0 ? [] : await this.#propose(o, own, await this.#shelf.installed(o.agentId));
  }

  async #propose(
    { agentId, runId, tree, audit }: VmSkillsOptions,
    names: readonly string[],
    pinned: ReadonlyMap<string, Skill>,
  ): Promise<SkillNotice[]> {
    const kept = byName(await tree.files());
    const notices: SkillNotice[] = [];
    for (const name of [...names].sort()) {
      const files = kept.get(name) ?? new Map();
      const writer = [...files.values()].map((file) => file.writer).find((one) => one !== PINNED);
      if (writer === undefined) continue;
      try {
        const skill = await skillKept(tree, name, files, pinned.get(name));
        if (skill.hash === pinned.get(name)?.hash) continue;
        // It waits already, or a person has said no to it: there is nothing to decide, and nothing to say again.
        if ((await this.#shelf.get(agentId, name))?.proposed?.hash === skill.hash) continue;
        await mayPropose({ policy: this.#policy, secrets: this.#secrets, audit }, skill);
        const outcome = await this.#shelf.propose(agentId, skill, { run: writer }).catch((error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          audit.record({
            kind: "decision",
            what: `propose_skill by ${ROOT}/${name}`,
            outcome: "not kept",
            why,
            by: "host",
          });
          throw error;
        });
        if (outcome === "proposed") notices.push(proposed(name, skill.hash));
      } catch (error) {
        if (!(error instanceof AgentError || error instanceof Refusal)) throw error;
        const text = `${ROOT}/${name} is for this run only. ${error.message}`;
        notices.push({ id: `skills.refused.${sha256(`${runId} ${text}`).slice(0, 16)}`, level: "warn", text });
      }
    }
    return notices;
  }
}

type Kept = ReadonlyMap<string, TreeFile>;

/** The kept files of each folder below `/skills`, by their path from there on. A file beside the folders is a folder's name without files. */
function byName(files: ReadonlyMap<string, TreeFile>): Map<string, Kept> {
  const names = new Map<string, Map<string, TreeFile>>();
  for (const [path, file] of files) {
    const [name = "", ...rest] = path.split("/");
    const inside = names.get(name) ?? new Map<string, TreeFile>();
    names.set(name, inside.set(rest.join("/"), file));
  }
  return names;
}

function isBy(files: Kept | undefined, run: string): boolean {
  return files !== undefined && [...files.values()].some(({ writer }) => writer === run);
}

async function skillKept(tree: FileTree, name: string, files: Kept, pin: Skill | undefined): Promise<Skill> {
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  if (bytes > MOST_BYTES) throw new AgentError("invalid_skill", "It has more than 1 MiB, and no skill may.");
  const raw = [...files.keys()].map(async (path) => {
    const parts: Uint8Array[] = [];
    for await (const part of tree.read(path === "" ? name : `${name}/${path}`)) parts.push(part);
    // Modes are not kept with files: what is installed has its own, and what is new runs by its interpreter.
    const executable = pin?.files.find((file) => file.path === path)?.executable ?? false;
    return { path, executable, bytes: Buffer.concat(parts) };
  });
  return skillOf(await Promise.all(raw), { folder: name });
}

/** Makes what is kept of a folder what is pinned of it. Whoever changes it at the same time is settled by the next drive. */
async function settleTree(tree: FileTree, name: string, kept: Kept | undefined, pin: Skill | undefined): Promise<void> {
  const wanted = new Map(pin?.files.map(({ path, text }) => [path, text]));
  for (const [path, { version }] of kept ?? []) {
    if (wanted.has(path)) continue;
    await tree.remove(path === "" ? name : `${name}/${path}`, { expected: version, writer: PINNED });
  }
  for (const [path, text] of wanted) {
    const digest = sha256(text);
    const before = kept?.get(path);
    if (before?.sha256 === digest) continue;
    const o = { expected: before?.version ?? 0, writer: PINNED, sha256: digest };
    await tree.write(`${name}/${path}`, Buffer.from(text), o);
  }
}

/** Makes the VM's `/skills` what is pinned, but for names that stay as they are. */
async function clearOthers(
  { sandbox }: { sandbox: SandboxFiles },
  stays: (name: string) => boolean,
  pinned: ReadonlyMap<string, Skill>,
): Promise<void> {
  const inOrder = new Set<string>();
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const look = (await sandbox.look([ROOT])).get(ROOT) ?? { files: [], isCut: false };
    const names = new Set(look.files.map(({ path }) => path.split("/")[0] ?? ""));
    for (const name of names) {
      if (stays(name) || inOrder.has(name)) continue;
      const pin = pinned.get(name);
      if (pin !== undefined && !look.isCut && (await isAsPinned(sandbox, look, pin))) inOrder.add(name);
      else await clear(sandbox, name);
    }
    if (!look.isCut) break;
  }
  for (const [name, pin] of pinned) {
    if (stays(name) || inOrder.has(name)) continue;
    for (const { path, text, executable } of pin.files) {
      await sandbox.write(`${ROOT}/${name}/${path}`, Buffer.from(text), { executable });
    }
  }
}

/** The bytes are compared, and not what the VM says of their time. */
async function isAsPinned(sandbox: SandboxFiles, { files }: Look, pin: Skill): Promise<boolean> {
  const inside = files.filter(({ path }) => path.startsWith(`${pin.name}/`));
  if (inside.length !== pin.files.length || inside.some(({ type }) => type !== "file")) return false;
  const same = pin.files.map(async ({ path, text }) => {
    const wanted = Buffer.from(text);
    const bytes = await sandbox.read(`${ROOT}/${pin.name}/${path}`, wanted.length + 1);
    return bytes !== undefined && wanted.equals(bytes);
  });
  return (await Promise.all(same)).every(Boolean);
}

async function clear(sandbox: SandboxFiles, name: string): Promise<void> {
  try {
    await sandbox.clear(`${ROOT}/${name}`);
  } catch (cause) {
    if (!(cause instanceof FileRefused)) throw cause;
    const text = `${ROOT}/${name} of the agent's VM cannot be put in order (${cause.message}); end the VM with vibewriter vm destroy, and it is made anew.`;
    throw new AgentError("sandbox_failed", text, { cause });
  }
}

function proposed(name: string, hash: string): SkillNotice {
  const text = `The run has made a skill, ${name}, that later runs have if you approve it: vibewriter skills show ${name} --proposed`;
  return { id: `skills.proposed.${hash.slice(0, 16)}`, level: "info", text };
}
