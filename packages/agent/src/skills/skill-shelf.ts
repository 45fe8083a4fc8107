import type { FileStore, Records } from "@vibewriter/backbone";
import { z } from "zod";
import type { Approvals } from "../approvals/approvals.js";
import { hashOf } from "../canonical.js";
import { AgentError } from "../errors.js";
import { type Skill, skillOf } from "./skill.js";
import { SkillFile } from "./skill-file.js";
import type { SkillOrigin, SkillRecord, SkillTest } from "./skill-record.js";

const Content = z.object({ files: z.array(SkillFile) });

/** Proposals of one agent that wait for a person. A model that proposes all day fills no list that nobody reads. */
const MOST_WAITING = 32;

/** What is asked of a person's word for a skill. */
const INSTALL = "install_skill";

type SkillFiles = Pick<FileStore, "get" | "put" | "stat" | "delete" | "forget" | "list">;

/** What came of a proposal: `known` if it is waiting already, `installed` if these very files are. */
export type ProposalOutcome = "proposed" | "known" | "installed" | "rejected";

/**
 * The skills of all agents, by agent and name: which files are installed, pinned by their hash under a person's signed word, and which a run has
 * proposed. Files are in the object store, each skill once, by its hash.
 */
export class SkillShelf {
  readonly #records: Records<SkillRecord>;
  readonly #files: SkillFiles;
  readonly #approvals: Pick<Approvals, "allow" | "isSigned">;

  constructor(o: {
    records: Records<SkillRecord>;
    files: SkillFiles;
    approvals: Pick<Approvals, "allow" | "isSigned">;
  }) {
    this.#records = o.records;
    this.#files = o.files;
    this.#approvals = o.approvals;
  }

  async get(agent: string, name: string): Promise<SkillRecord | undefined> {
    return (await this.#records.get(keyOf(agent, name)))?.value;
  }

  /** By name. */
  async list(agent: string): Promise<SkillRecord[]> {
    const records = (await this.#records.list()).map(({ value }) => value);
    return records.filter((record) => record.agent === agent).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * The files that a hash names.
   * @throws AgentError `skill_changed` if they are not, or are no longer, what it names
   */
  async content(agent: string, hash: string): Promise<Skill> {
    const bytes = await this.#files.get(contentKey(agent, hash));
    const parsed = bytes && Content.safeParse(jsonIn(bytes));
    if (parsed?.success) {
      const skill = skillOf(parsed.data.files.map(({ text, ...file }) => ({ ...file, bytes: Buffer.from(text) })));
      if (skill.hash === hash) return skill;
    }
    const text = `The files of the skill with the hash ${hash} are not in the store as they were; remove it and add it again.`;
    throw new AgentError("skill_changed", text);
  }

  /** What is installed for an agent under a person's word, by name. A record without one is passed over, whoever wrote it. */
  async installed(agent: string): Promise<Map<string, Skill>> {
    const found = new Map<string, Skill>();
    for (const { name, installed } of await this.list(agent)) {
      if (installed === undefined) continue;
      if (!(await this.#approvals.isSigned(installed.grant, wordFor(agent, name, installed.hash)))) continue;
      found.set(name, await this.content(agent, installed.hash));
    }
    return found;
  }

  /**
   * Installs a skill: a person has seen these files and wants them.
   * @throws AgentError `skill_exists` if other files of that name are installed and `replace` is not set; BackboneError `secret_found`
   */
  async install(
    agent: string,
    skill: Skill,
    o: { from: SkillOrigin; replace: boolean; test?: SkillTest },
  ): Promise<void> {
    await this.#keep(agent, skill);
    const { name, hash, description } = skill;
    const grant = this.#approvals.allow(wordFor(agent, name, hash));
    await this.#change(agent, name, (now) => {
      const other = now?.installed;
      if (other !== undefined && other.hash !== hash && !o.replace) throw taken(name, other.hash);
      const proposed = now?.proposed?.hash === hash ? undefined : now?.proposed;
      const at = new Date().toISOString();
      return { ...now, agent, name, proposed, installed: { hash, description, from: o.from, grant, at, test: o.test } };
    });
  }

  /**
   * Keeps what a run proposes until a person decides. What a person has rejected stays rejected.
   * @throws AgentError `skill_exists` while too many others wait; BackboneError `secret_found`
   */
  async propose(agent: string, skill: Skill, o: { run: string; test?: SkillTest }): Promise<ProposalOutcome> {
    const { name, hash, description } = skill;
    const records = await this.list(agent);
    const others = records.filter(({ proposed, name: other }) => other !== name && proposed && !proposed.rejected);
    if (others.length >= MOST_WAITING) {
      const text = `${others.length} proposed skills wait for a person already; they decide with vibewriter skills approve or reject.`;
      throw new AgentError("skill_exists", text);
    }
    await this.#keep(agent, skill);
    let outcome: ProposalOutcome = "proposed";
    await this.#change(agent, name, (now) => {
      const { proposed } = now ?? {};
      const isSame = proposed?.hash === hash;
      outcome = "proposed";
      if (now?.installed?.hash === hash) outcome = "installed";
      else if (isSame) outcome = proposed?.rejected === undefined ? "known" : "rejected";
      if (outcome !== "proposed" && (outcome !== "known" || o.test === undefined)) return undefined;
      const at = isSame && proposed !== undefined ? proposed.at : new Date().toISOString();
      return { ...now, agent, name, proposed: { hash, description, at, run: o.run, test: o.test } };
    });
    return outcome;
  }

  /**
   * A person's answer to a proposal, for exactly the files that they have seen.
   * @throws AgentError `skill_not_found` without one, `skill_changed` if it is another one by now
   */
  async decide(agent: string, name: string, o: { hash: string; approve: boolean; message: string }): Promise<void> {
    const { proposed } = (await this.get(agent, name)) ?? {};
    if (proposed === undefined) throw missing(agent, name);
    if (proposed.hash !== o.hash) throw changed(name);
    if (o.approve) {
      const skill = await this.content(agent, o.hash);
      const from = { kind: "run" as const, run: proposed.run };
      return await this.install(agent, skill, { from, replace: true, test: proposed.test });
    }
    await this.#change(agent, name, (now) => {
      if (now?.proposed?.hash !== o.hash) throw changed(name);
      return { ...now, proposed: { ...now.proposed, rejected: { at: new Date().toISOString(), message: o.message } } };
    });
  }

  /** Keeps what came of a skill's test, as long as it is still there. */
  async tested(agent: string, name: string, hash: string, test: SkillTest): Promise<void> {
    await this.#change(agent, name, (now) => {
      if (now === undefined) return undefined;
      const { installed, proposed } = now;
      return {
        ...now,
        installed: installed?.hash === hash ? { ...installed, test } : installed,
        proposed: proposed?.hash === hash ? { ...proposed, test } : proposed,
      };
    });
  }

  async published(agent: string, name: string, published: NonNullable<SkillRecord["published"]>): Promise<void> {
    await this.#change(agent, name, (now) => now && { ...now, published });
  }

  /**
   * Takes a skill away, installed or proposed, with what runs have made of it in their VM: its next run has it no more.
   * @throws AgentError `skill_not_found`
   */
  async remove(agent: string, name: string): Promise<void> {
    const record = await this.get(agent, name);
    if (record === undefined) throw missing(agent, name);
    await this.#records.delete(keyOf(agent, name));
    const writer = "a person";
    for (const { key } of await this.#files.list(`${agent}/skills/${name}/`)) await this.#files.delete(key, { writer });
    await this.#forget(agent, hashesIn(record));
  }

  /** Changes a record; files that it names no more are forgotten. */
  async #change(agent: string, name: string, change: (now?: SkillRecord) => SkillRecord | undefined): Promise<void> {
    let before: SkillRecord | undefined;
    const after = await this.#records.update(keyOf(agent, name), (now) => {
      before = now;
      return change(now);
    });
    await this.#forget(
      agent,
      hashesIn(before).filter((hash) => !hashesIn(after).includes(hash)),
    );
  }

  async #forget(agent: string, hashes: Iterable<string>): Promise<void> {
    for (const hash of hashes) {
      const found = await this.#files.stat(contentKey(agent, hash));
      if (found !== undefined) await this.#files.forget(found.key, { expected: found.version });
    }
  }

  async #keep(agent: string, { files, hash }: Skill): Promise<void> {
    const content = Buffer.from(JSON.stringify({ files }));
    await this.#files.put(contentKey(agent, hash), content, { refuseKeys: true });
  }
}

export function missing(agent: string, name: string): AgentError {
  const where = agent === "main" ? "" : ` --agent ${agent}`;
  return new AgentError(
    "skill_not_found",
    `There is no skill ${name}, or none in that state; see vibewriter skills list${where}.`,
  );
}

export function changed(name: string): AgentError {
  const text = `The skill ${name} is not the one that you have seen any more; look at it again with vibewriter skills show ${name}.`;
  return new AgentError("skill_changed", text);
}

function taken(name: string, hash: string): AgentError {
  const text = `Another skill ${name} is installed (${hash.slice(0, 12)}); to put this one in its place, add it with --replace.`;
  return new AgentError("skill_exists", text);
}

/** What a person's signature for a skill is over. */
function wordFor(agent: string, name: string, hash: string) {
  return { runId: `skills.${agent}`, tool: INSTALL, argsHash: hashOf({ agent, name, hash }) };
}

function hashesIn(record: SkillRecord | undefined): string[] {
  return [record?.installed?.hash, record?.proposed?.hash].filter((hash) => hash !== undefined);
}

function keyOf(agent: string, name: string): string {
  return `${agent}.${name}`;
}

function contentKey(agent: string, hash: string): string {
  return `${agent}/skill-contents/${hash}.json`;
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
