import { AgentError } from "../errors.js";
import type { Machines } from "../machines.js";
import { builtInTexts } from "./built-in.js";
import { SKILL_FILE } from "./rules.js";
import type { Skill } from "./skill.js";
import type { SkillTest } from "./skill-record.js";
import type { ProposalOutcome, SkillShelf } from "./skill-shelf.js";

/** What one run can do about skills: know which are trusted, have one tested, and propose it. */
export class RunSkills {
  readonly #shelf: SkillShelf;
  readonly #machines: Pick<Machines, "tryOut">;
  readonly #agent: string;
  readonly #run: string;
  readonly #builtIn: () => Promise<ReadonlySet<string>>;
  readonly #builtInFolder: string | undefined;

  /**
   * @param o.builtIn names that a proposal may not have
   * @param o.builtInFolder the folder on this machine with the skills that every VM has; absent: nobody says which those are
   */
  constructor(o: {
    shelf: SkillShelf;
    machines: Pick<Machines, "tryOut">;
    agent: string;
    run: string;
    builtIn: () => Promise<ReadonlySet<string>>;
    builtInFolder?: string;
  }) {
    this.#shelf = o.shelf;
    this.#machines = o.machines;
    this.#agent = o.agent;
    this.#run = o.run;
    this.#builtIn = o.builtIn;
    this.#builtInFolder = o.builtInFolder;
  }

  /** The text of `SKILL.md` of each skill that came with this program or that a person has installed, by name. */
  async trusted(): Promise<ReadonlyMap<string, string>> {
    const texts =
      this.#builtInFolder === undefined ? new Map<string, string>() : await builtInTexts(this.#builtInFolder);
    for (const [name, { files }] of await this.#shelf.installed(this.#agent)) {
      const text = files.find(({ path }) => path === SKILL_FILE)?.text;
      if (text !== undefined && !texts.has(name)) texts.set(name, text);
    }
    return texts;
  }

  /** What came of the skill's own test; nothing where no machine runs tests: then the person who is asked sees that there was none. */
  async tryOut(skill: Skill, o: { timeoutMs: number; signal?: AbortSignal }): Promise<SkillTest | undefined> {
    return await this.#machines.tryOut?.({ skill, ...o });
  }

  /** @throws AgentError `skill_exists` for a built-in skill's name, or while too many proposals wait */
  async propose(skill: Skill, test: SkillTest | undefined): Promise<ProposalOutcome> {
    if ((await this.#builtIn()).has(skill.name)) {
      throw new AgentError("skill_exists", `${skill.name} is the name of a built-in skill; choose another one.`);
    }
    return await this.#shelf.propose(this.#agent, skill, { run: this.#run, test });
  }
}
