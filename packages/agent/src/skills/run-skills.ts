import { AgentError } from "../errors.js";
import type { Machines } from "../machines.js";
import type { Skill } from "./skill.js";
import type { SkillTest } from "./skill-record.js";
import type { ProposalOutcome, SkillShelf } from "./skill-shelf.js";

/** What one run can do about skills: have one tested, and propose it. */
export class RunSkills {
  readonly #shelf: SkillShelf;
  readonly #machines: Pick<Machines, "tryOut">;
  readonly #agent: string;
  readonly #run: string;
  readonly #builtIn: () => Promise<ReadonlySet<string>>;

  /** @param o.builtIn names that a proposal may not have */
  constructor(o: {
    shelf: SkillShelf;
    machines: Pick<Machines, "tryOut">;
    agent: string;
    run: string;
    builtIn: () => Promise<ReadonlySet<string>>;
  }) {
    this.#shelf = o.shelf;
    this.#machines = o.machines;
    this.#agent = o.agent;
    this.#run = o.run;
    this.#builtIn = o.builtIn;
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
