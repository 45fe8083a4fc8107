import { resolve } from "node:path";
import type { OfferedSkill, ShownSkill, SkillTest } from "@vibewriter/agent/runs";
import type { SkillsClient } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain, plainLines } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { interruption } from "../interrupt.js";
import type { Terminal } from "../terminal.js";
import { bytesText, count } from "../view/format.js";
import { skillFacts, skillFiles, skillTable, testText } from "../view/skills.js";
import { working } from "../view/working.js";

export interface SkillOptions {
  readonly agent: string;
}

/** `vibewriter skills list`. */
export async function skillsList(context: Context, { agent }: SkillOptions): Promise<ExitCode> {
  const { terminal } = context;
  const skills = await (await connect(context)).skills.list(agent);
  if (terminal.json) terminal.printJson({ skills });
  else for (const line of skillTable(skills, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter skills show NAME [--proposed]`. */
export async function skillsShow(
  context: Context,
  name: string,
  { agent, proposed }: SkillOptions & { proposed?: true },
): Promise<ExitCode> {
  const { terminal } = context;
  const skill = await (await connect(context)).skills.show(agent, name, { proposed });
  if (terminal.json) terminal.printJson({ skill });
  else for (const line of [...skillFacts(skill), "", ...skillFiles(skill)]) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter skills add PATH|choir:ID [--yes] [--replace]`: shows what it is, and installs exactly that. */
export async function skillsAdd(
  context: Context,
  given: string,
  { agent, yes = false, replace = false }: SkillOptions & { yes?: boolean; replace?: boolean },
): Promise<ExitCode> {
  const { terminal } = context;
  const source = sourceOf(context.cwd, given);
  const { skills } = await connect(context);
  const offered = await skills.look(agent, source);
  if (!yes) {
    const what = offered.instead === undefined || offered.instead.hash === offered.hash ? "Install" : "Replace";
    const question = `${what} the skill ${offered.name} for the agent ${agent}? [y = yes, Enter = no] `;
    if (!(await isMeant(terminal, offered, question))) return EXIT.interrupted;
  }
  const skill = await skills.add({ agent, source, hash: offered.hash, replace });
  if (terminal.json) terminal.printJson({ skill });
  else terminal.print(`Installed ${skill.name} (${skill.hash.slice(0, 12)}): runs of ${agent} have it from now on.`);
  return EXIT.done;
}

/** `vibewriter skills approve NAME [--yes]`. */
export async function skillsApprove(
  context: Context,
  name: string,
  { agent, yes = false }: SkillOptions & { yes?: boolean },
): Promise<ExitCode> {
  const { terminal } = context;
  const { skills } = await connect(context);
  const proposal = await skills.show(agent, name, { proposed: true });
  const question = `Install the skill ${name} for the agent ${agent}? [y = yes, Enter = no] `;
  if (!yes && !(await isMeant(terminal, proposal, question))) return EXIT.interrupted;
  const skill = await skills.decide(name, { agent, hash: proposal.hash, decision: "approve" });
  if (terminal.json) terminal.printJson({ skill });
  else terminal.print(`Installed ${name} (${skill.hash.slice(0, 12)}): runs of ${agent} have it from now on.`);
  return EXIT.done;
}

/** `vibewriter skills reject NAME [--reason TEXT]`. */
export async function skillsReject(
  context: Context,
  name: string,
  { agent, reason }: SkillOptions & { reason?: string },
): Promise<ExitCode> {
  const { terminal } = context;
  const { skills } = await connect(context);
  const { hash } = await skills.show(agent, name, { proposed: true });
  const skill = await skills.decide(name, { agent, hash, decision: "reject", message: reason });
  if (terminal.json) terminal.printJson({ skill });
  else terminal.print(`Rejected ${name} (${hash.slice(0, 12)}): these files are not proposed again.`);
  return EXIT.done;
}

/** `vibewriter skills remove NAME`. */
export async function skillsRemove(context: Context, name: string, { agent }: SkillOptions): Promise<ExitCode> {
  const { terminal } = context;
  await (await connect(context)).skills.remove(agent, name);
  if (terminal.json) terminal.printJson({ removed: name });
  else terminal.print(`Removed ${plain(name)}: the next run of ${agent} does not have it any more.`);
  return EXIT.done;
}

/** `vibewriter skills test NAME`: exit code 1 when its test fails. */
export async function skillsTest(
  context: Context,
  name: string,
  { agent, proposed, timeout }: SkillOptions & { proposed?: true; timeout: number },
): Promise<ExitCode> {
  const { terminal } = context;
  const { skills } = await connect(context);
  const test = await ended(terminal, (signal) =>
    skills.test(name, { agent, proposed, timeoutMs: timeout * 1_000 }, signal),
  );
  if (test === undefined) return EXIT.interrupted;
  if (terminal.json) terminal.printJson({ name, test });
  else {
    if (test.output !== "") terminal.print(plainLines(test.output));
    terminal.print(`The test of ${plain(name)} ${testText(test)}.`);
  }
  return test.passed ? EXIT.done : EXIT.failed;
}

/** `vibewriter skills publish NAME [--author NAME]`. */
export async function skillsPublish(
  context: Context,
  name: string,
  { agent, author }: SkillOptions & { author?: string },
): Promise<ExitCode> {
  const { terminal } = context;
  const skill = await (await connect(context)).skills.publish(name, { agent, author });
  const { article = "", version = "" } = skill.published ?? {};
  if (terminal.json) terminal.printJson({ skill });
  else {
    terminal.print(`Published ${plain(name)} as article ${article}, signed; it is paid for nothing.`);
    terminal.print(`Others install it: vibewriter skills add choir:${article}@${version.slice(0, 12)}`);
  }
  return EXIT.done;
}

/** `PATH`, or `choir:ID[@VERSION]`. */
function sourceOf(cwd: string, given: string): Parameters<SkillsClient["look"]>[1] {
  if (/^(?:choir:(?:@.*)?)?$/.test(given.trim()))
    throw new UsageError("Name the folder of a skill, or an article as choir:ID.");
  return given.startsWith("choir:") ? { article: given.slice("choir:".length) } : { path: resolve(cwd, given) };
}

/** Shows a person everything there is to approve; where nobody can be asked, they say --yes beforehand. */
async function isMeant(terminal: Terminal, skill: ShownSkill | OfferedSkill, question: string): Promise<boolean> {
  if (!terminal.canAsk) {
    throw new UsageError(`Nobody can be asked here: look at it with --json or skills show, then say --yes.`);
  }
  for (const line of [...skillFacts(skill), "", ...skillFiles(skill), ""]) terminal.warn(line);
  const bytes = skill.files.reduce((sum, file) => sum + file.bytes, 0);
  terminal.warn(`${count(skill.files.length, "file")}, ${bytesText(bytes)}, with the rights of the agent in its VM.`);
  if (/^y(es)?$/i.test((await terminal.ask(question))?.trim() ?? "")) return true;
  terminal.warn("Nothing was changed.");
  return false;
}

/** Undefined if Ctrl-C ended it. */
async function ended(
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<SkillTest>,
): Promise<SkillTest | undefined> {
  using interrupted = interruption();
  using _shown = working(terminal, "Testing");
  try {
    return await work(interrupted.signal);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return undefined;
  }
}
