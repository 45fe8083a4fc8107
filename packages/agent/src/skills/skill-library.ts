import { type Article, type Choir, ChoirError, type Keystore, type Signer } from "@vibewriter/choir";
import { AgentError } from "../errors.js";
import type { Machines } from "../machines.js";
import { type BuiltInSkill, builtInSkills } from "./built-in.js";
import type { Skill } from "./skill.js";
import { testCommand } from "./skill.js";
import { SKILL_TAG, skillArticle, skillInArticle } from "./skill-article.js";
import { skillInFolder } from "./skill-folder.js";
import { builtInInfo, infosOf, type OfferedSkill, originInfo, type ShownSkill, type SkillInfo } from "./skill-info.js";
import type { SkillOrigin, SkillTest } from "./skill-record.js";
import { changed, missing, type SkillShelf } from "./skill-shelf.js";

/** Where a skill is to come from: a folder of this machine, or an article by its id, with `@<version>` for an earlier version. */
export type SkillSource = { readonly path: string } | { readonly article: string };

/** Which of those of one name. Default: what is installed, else what is proposed. */
export interface SkillChoice {
  readonly proposed?: boolean;
}

/** Who publishes, in a home where nobody has published yet. */
const FIRST_AUTHOR = "main";

export interface SkillLibraryOptions {
  readonly shelf: SkillShelf;
  readonly choir: Pick<Choir, "get" | "publish" | "revise">;
  readonly authors: Pick<Keystore, "named" | "first" | "signer">;
  readonly machines: Pick<Machines, "tryOut">;
  /** The folder with the skills that every VM has. */
  readonly builtIn: string | undefined;
}

/** What a person does with the skills of agents: looks, adds, removes, tests, answers proposals, publishes. */
export class SkillLibrary {
  readonly #o: SkillLibraryOptions;
  #found: Promise<BuiltInSkill[]> | undefined;

  constructor(o: SkillLibraryOptions) {
    this.#o = o;
  }

  /** Built-in ones first, each kind by name. */
  async list(agent: string): Promise<SkillInfo[]> {
    const builtIn = (await this.#builtIn()).map(builtInInfo);
    return [...builtIn, ...(await this.#o.shelf.list(agent)).flatMap(infosOf)];
  }

  /** @throws AgentError `skill_not_found` */
  async show(agent: string, name: string, o: SkillChoice = {}): Promise<ShownSkill> {
    const builtIn = (await this.#builtIn()).find((skill) => skill.name === name);
    if (builtIn !== undefined && o.proposed !== true) {
      const { files, instructions } = builtIn;
      const withText = files.map((file) => (file.path === "SKILL.md" ? { ...file, text: instructions } : file));
      return { ...builtInInfo(builtIn), files: withText };
    }
    const info = await this.#choose(agent, name, o);
    return { ...info, files: shownFiles(await this.#o.shelf.content(agent, info.hash)) };
  }

  /**
   * What would be installed.
   * @throws AgentError `invalid_skill`, `skill_not_found`, `skill_untrusted`, and `skill_exists` for the name of a built-in one; ChoirError `unknown_article`
   */
  async look(agent: string, source: SkillSource): Promise<OfferedSkill> {
    const { skill, from } = await this.#read(source);
    const { name, description, hash } = skill;
    const record = await this.#o.shelf.get(agent, name);
    const instead = record && infosOf(record).find(({ state }) => state === "installed");
    return { name, description, hash, ...originInfo(from), files: shownFiles(skill), instead };
  }

  /**
   * Installs what a person has looked at.
   * @param o.hash of what they have seen
   * @throws AgentError as `look`, `skill_changed` if it is something else by now, `skill_exists` if other files have its name and `replace` is not set
   */
  async add(agent: string, source: SkillSource, o: { hash: string; replace: boolean }): Promise<SkillInfo> {
    const { skill, from } = await this.#read(source);
    if (skill.hash !== o.hash) throw changed(skill.name);
    await this.#o.shelf.install(agent, skill, { from, replace: o.replace });
    return await this.#choose(agent, skill.name, { proposed: false });
  }

  /** A person's answer to a proposal; see {@link SkillShelf.decide}. */
  async decide(
    agent: string,
    name: string,
    o: { hash: string; decision: "approve" | "reject"; message: string },
  ): Promise<SkillInfo> {
    const { hash, message } = o;
    const approve = o.decision === "approve";
    if (approve) await this.#requireFree(name);
    await this.#o.shelf.decide(agent, name, { hash, approve, message });
    return await this.#choose(agent, name, { proposed: !approve });
  }

  /** @throws AgentError `skill_not_found`, `skill_exists` for a built-in one */
  async remove(agent: string, name: string): Promise<void> {
    await this.#requireFree(name);
    await this.#o.shelf.remove(agent, name);
  }

  /**
   * Runs the skill's own test in a machine of its own, and keeps what came of it.
   * @throws AgentError `skill_not_found`, `invalid_skill` for one without a test, `sandbox_unavailable` where there is no machine for it
   */
  async test(
    agent: string,
    name: string,
    o: SkillChoice & { timeoutMs: number; signal?: AbortSignal },
  ): Promise<SkillTest> {
    const { hash } = await this.#choose(agent, name, o);
    const skill = await this.#o.shelf.content(agent, hash);
    if (testCommand(skill.files) === undefined) throw new AgentError("invalid_skill", withoutTest(name));
    const { tryOut } = this.#o.machines;
    if (tryOut === undefined) {
      throw new AgentError(
        "sandbox_unavailable",
        "There are no microVMs here that a test could run in; use a home that has them.",
      );
    }
    const test = await tryOut({ skill, timeoutMs: o.timeoutMs, signal: o.signal });
    await this.#o.shelf.tested(agent, name, hash, test);
    return test;
  }

  /**
   * Publishes an installed skill, signed by an author of this home: as a new article, or as the next version of the one that this author has
   * published it as before. It says of itself that it was imported, so it earns nothing.
   * @throws AgentError `skill_not_found`; ChoirError
   */
  async publish(agent: string, name: string, o: { author?: string }): Promise<SkillInfo> {
    const { shelf, choir, authors } = this.#o;
    const { hash } = await this.#choose(agent, name, { proposed: false });
    const skill = await shelf.content(agent, hash);
    const author = await (o.author === undefined ? authors.first(FIRST_AUTHOR) : authors.named(o.author));
    const signer = await authors.signer(author.publicKey);
    if (signer === undefined) {
      throw new ChoirError("unknown_author", `The key of ${author.name} has left this home: name another author.`);
    }
    const before = (await shelf.get(agent, name))?.published;
    const request = { markdown: skillArticle(skill), author: author.name, tags: [SKILL_TAG], language: "en" };
    const { id, version } =
      before?.authorKey === signer.publicKey
        ? await choir.revise({ ...request, article: before.article }, signer)
        : await choir.publish(
            { ...request, imported: { from: `skills/${name}` }, key: publicationKey(agent, skill, signer) },
            signer,
          );
    await shelf.published(agent, name, { article: id, version, hash, authorKey: signer.publicKey });
    return await this.#choose(agent, name, { proposed: false });
  }

  async #read(source: SkillSource): Promise<{ skill: Skill; from: SkillOrigin }> {
    const read =
      "path" in source ? await fromFolder(source.path) : fromArticle(await this.#o.choir.get(source.article));
    await this.#requireFree(read.skill.name);
    return read;
  }

  async #choose(agent: string, name: string, o: SkillChoice): Promise<SkillInfo> {
    const record = await this.#o.shelf.get(agent, name);
    const infos = record === undefined ? [] : infosOf(record);
    const isMeant = ({ state }: SkillInfo) => o.proposed === undefined || (state !== "installed") === o.proposed;
    const info = infos.find(isMeant);
    if (info !== undefined) return info;
    if (!(await this.#isBuiltIn(name))) throw missing(agent, name);
    throw new AgentError(
      "skill_exists",
      `${name} is a built-in skill: tested with its release, and in every VM already.`,
    );
  }

  async #requireFree(name: string): Promise<void> {
    if (!(await this.#isBuiltIn(name))) return;
    throw new AgentError(
      "skill_exists",
      `${name} is a built-in skill, which nobody replaces or removes; give yours another name.`,
    );
  }

  async #isBuiltIn(name: string): Promise<boolean> {
    return (await this.#builtIn()).some((skill) => skill.name === name);
  }

  /** They are those of this process's layer, for as long as it lives. */
  #builtIn(): Promise<BuiltInSkill[]> {
    this.#found ??= this.#o.builtIn === undefined ? Promise.resolve([]) : builtInSkills(this.#o.builtIn);
    return this.#found;
  }
}

async function fromFolder(path: string): Promise<{ skill: Skill; from: SkillOrigin }> {
  return { skill: await skillInFolder(path), from: { kind: "folder", path } };
}

/** What the knowledge base gives out was verified when it was read from the stream: it is what the author named here has signed. */
function fromArticle(article: Article): { skill: Skill; from: SkillOrigin } {
  const { id, version, author, authorKey, retracted, markdown } = article;
  if (authorKey === undefined) {
    throw new AgentError(
      "skill_untrusted",
      `Article ${id} is signed by nobody, so nobody answers for the skill in it.`,
    );
  }
  if (retracted !== undefined) {
    throw new AgentError(
      "skill_untrusted",
      `Its author has taken article ${id} back (${retracted.reason}); use another skill.`,
    );
  }
  return { skill: skillInArticle(markdown), from: { kind: "choir", article: id, version, author, authorKey } };
}

/** The same skill of the same author is one article, however often it is published. */
function publicationKey(agent: string, { name, hash }: Skill, { publicKey }: Pick<Signer, "publicKey">): string {
  return `skill:${agent}:${name}:${hash}:${publicKey}`;
}

export function withoutTest(name: string): string {
  return `The skill ${name} has no test of its own: test/run.sh, test/*.test.mjs or test/test_*.py.`;
}

function shownFiles({ files }: Skill): ShownSkill["files"] {
  return files.map((file) => ({ ...file, bytes: Buffer.byteLength(file.text) }));
}
