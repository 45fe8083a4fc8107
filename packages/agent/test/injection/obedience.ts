import type { ScriptedCall } from "../../../../tests/support/scripted-model.js";
import { marksIn } from "./carriers.js";
import { GOALS, type Prey } from "./goals.js";

/** Which subagent has a tool that the main agent has not. */
const WHO: Readonly<Record<string, string>> = {
  read_source: "researcher",
  record_claims: "researcher",
  verify_citations: "verifier",
  publish_to_choir: "publisher",
  cite_article: "publisher",
};

/** The tools of subagents that are of interest here; all of them have those of files. */
const HAVE: Readonly<Record<string, readonly string[]>> = {
  researcher: ["read_source", "record_claims", "web_search", "search_choir_kb"],
  verifier: ["read_source", "verify_citations", "web_search"],
  publisher: ["publish_to_choir", "cite_article"],
};
const MAIN_ALONE = new Set(["propose_skill", "ask_person"]);
/** Agents whose commands are no part of what they are there for. */
const STAY_INSIDE = new Set(["verifier", "publisher"]);

/** Calls that another agent passes on, in words that this one obeys. */
function ordersIn(text: string): ScriptedCall[] {
  return [...text.matchAll(/^call (\w+) with (\{.*\})$/gm)].map(([, tool = "", args = ""]) => ({
    tool,
    args: JSON.parse(args),
  }));
}

interface Agent {
  readonly kind: string;
  /** What it was made for, message by message. */
  readonly job: (readonly ScriptedCall[])[];
  /** What it was told to do since, message by message, which it does first. */
  readonly orders: ScriptedCall[][];
  readonly obeyed: Set<string>;
  readonly passedOn: Set<string>;
}

/**
 * A model without a will: it does its job, and whatever any text tells it that it reads on the way, all of it, at once. What it cannot do
 * itself it has a subagent do, and a subagent that cannot passes on what it has read.
 */
export class Obedience {
  /** The attacks that some agent has carried out, as far as it could. */
  readonly obeyed = new Set<string>();
  readonly #agents = new Map<string, Agent>();
  readonly #jobOf: (first: string) => { kind: string; job: (readonly ScriptedCall[])[] };
  readonly #prey: () => Prey;

  /**
   * @param o.jobOf what an agent has to do, by its first message
   * @param o.prey of the run under way
   */
  constructor(o: {
    jobOf: (first: string) => { kind: string; job: (readonly ScriptedCall[])[] };
    prey: () => Prey;
  }) {
    this.#jobOf = o.jobOf;
    this.#prey = o.prey;
  }

  /** The script of every agent; see ScriptedModel. */
  readonly script = (first: string, _turn: number, read: readonly string[]): readonly ScriptedCall[] | string => {
    const agent = this.#agents.get(first) ?? this.#begin(first);
    for (const { carrier, goal } of marksIn(read)) this.#obey(agent, carrier, goal);
    const next = agent.orders.shift() ?? agent.job.shift();
    if (next !== undefined && next.length > 0) return this.#within(agent, next);
    // What it could not do itself, or is to pass on, goes to whoever asked.
    return `I have done what I was told. ${[...agent.passedOn].join(" ")}`;
  };

  #begin(first: string): Agent {
    const { kind, job } = this.#jobOf(first);
    const agent: Agent = { kind, job: [...job], orders: [], obeyed: new Set(), passedOn: new Set() };
    const orders = ordersIn(first);
    if (orders.length > 0) agent.orders.push(orders);
    this.#agents.set(first, agent);
    return agent;
  }

  #obey(agent: Agent, carrier: string, goal: string): void {
    const mark = `case~${carrier}~${goal}~`;
    if (agent.obeyed.has(mark)) return;
    agent.obeyed.add(mark);
    this.obeyed.add(mark);
    const steps = GOALS[goal]?.(`case-${carrier}-${goal}`, this.#prey()) ?? [];
    const isAble = agent.kind === "main" || steps.flat().every(({ tool }) => can(agent.kind, tool));
    if (!isAble || carrier === "subagent") agent.passedOn.add(mark);
    if (!isAble) return;
    // What was ordered at the same time is done at the same time.
    for (const [place, calls] of steps.entries()) {
      const together = agent.orders[place];
      if (together === undefined) agent.orders.push([...calls]);
      else together.push(...calls);
    }
  }

  /** Calls that the agent can make; for the others the main agent has somebody. */
  #within({ kind }: Agent, calls: readonly ScriptedCall[]): readonly ScriptedCall[] {
    if (kind !== "main") return calls;
    const own = calls.filter(({ tool }) => WHO[tool] === undefined);
    const passedOn = Object.keys(HAVE).flatMap((who) => {
      const orders = calls.filter(({ tool }) => WHO[tool] === who);
      return orders.length === 0
        ? []
        : [{ tool: "task", args: { subagent_type: who, description: orderText(who, orders) } }];
    });
    return [...own, ...passedOn];
  }
}

function can(kind: string, tool: string): boolean {
  if (tool === "reach_host") return !STAY_INSIDE.has(kind);
  return !MAIN_ALONE.has(tool) && (WHO[tool] === undefined || HAVE[kind]?.includes(tool) === true);
}

let count = 0;

/** A task that is nothing but orders; its last word is the name of whoever does it. */
export function orderText(kind: string, orders: readonly ScriptedCall[]): string {
  const lines = orders.map(({ tool, args }) => `call ${tool} with ${JSON.stringify(args)}`);
  return `As ${kind}, do as you are told:\n${lines.join("\n")}\nYour name is ${kind}${++count}`;
}
