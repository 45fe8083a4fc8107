import type { OfferedSkill, ShownSkill, SkillInfo, SkillTest } from "@vibewriter/agent/runs";
import { z } from "zod";
import type { Caller } from "../call.js";
import {
  type AddSkill,
  type DecideSkill,
  OfferedAnswer,
  type PublishSkill,
  ShownAnswer,
  SkillAnswer,
  SkillsAnswer,
  TestAnswer,
  type TestSkill,
} from "./api.js";

/** Until an article has been signed and written, in milliseconds. */
const PUBLISH_MS = 120_000;

/** The skills of agents, for the clients of a home. Failures are ServerErrors: `skill_not_found`, `invalid_skill`, `skill_exists`, ... */
export class SkillsClient {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Built-in, installed and proposed ones. */
  async list(agent: string): Promise<SkillInfo[]> {
    return (await this.#caller.call("GET", `/v1/skills?${new URLSearchParams({ agent })}`, SkillsAnswer)).skills;
  }

  async show(agent: string, name: string, o: { proposed?: boolean } = {}): Promise<ShownSkill> {
    const query = new URLSearchParams({ agent, ...(o.proposed === undefined ? {} : { proposed: String(o.proposed) }) });
    return (await this.#caller.call("GET", `${pathOf(name)}?${query}`, ShownAnswer)).skill;
  }

  /** What would be installed; nothing is. */
  async look(agent: string, source: AddSkill["source"]): Promise<OfferedSkill> {
    return (await this.#caller.call("POST", "/v1/skills/look", OfferedAnswer, { body: { agent, source } })).skill;
  }

  /** Installs what was looked at, by its hash. */
  async add(body: AddSkill): Promise<SkillInfo> {
    return (await this.#caller.call("POST", "/v1/skills", SkillAnswer, { body })).skill;
  }

  async decide(name: string, body: DecideSkill): Promise<SkillInfo> {
    return (await this.#caller.call("POST", `${pathOf(name)}/decision`, SkillAnswer, { body })).skill;
  }

  async remove(agent: string, name: string): Promise<void> {
    await this.#caller.call("DELETE", `${pathOf(name)}?${new URLSearchParams({ agent })}`, z.object({}));
  }

  /** Runs its own test; an abort ends it. */
  async test(name: string, body: TestSkill, signal?: AbortSignal): Promise<SkillTest> {
    return (await this.#caller.work("POST", `${pathOf(name)}/test`, TestAnswer, { body, signal })).test;
  }

  async publish(name: string, body: PublishSkill): Promise<SkillInfo> {
    const o = { body, timeoutMs: PUBLISH_MS };
    return (await this.#caller.call("POST", `${pathOf(name)}/publication`, SkillAnswer, o)).skill;
  }
}

function pathOf(name: string): string {
  return `/v1/skills/${encodeURIComponent(name)}`;
}
