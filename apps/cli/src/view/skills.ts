import type { OfferedSkill, ShownSkill, SkillInfo, SkillTest } from "@vibewriter/agent/runs";
import { plain, plainLines } from "../escape.js";
import { age, bytesText } from "./format.js";
import { table } from "./table.js";

/** Skills as a list. */
export function skillTable(skills: readonly SkillInfo[], width: number): string[] {
  const rows = skills.map((skill) => [
    plain(skill.name),
    skill.state,
    skill.hash.slice(0, 12),
    skill.at === undefined ? "" : age(skill.at, Date.now()),
    skill.test === undefined ? "" : skill.test.passed ? "passed" : "failed",
    plain(fromText(skill)),
    plain(skill.description),
  ]);
  return table([["SKILL", "STATE", "HASH", "AGE", "TEST", "FROM", "WHAT IT DOES"], ...rows], width);
}

/** What is said of a skill, beside its files. */
export function skillFacts(skill: ShownSkill | OfferedSkill): string[] {
  const facts: [string, string | undefined][] = [
    ["Skill", skill.name],
    ["State", "state" in skill ? skill.state : undefined],
    ["What it does", skill.description],
    ["Hash", skill.hash],
    ["From", fromText(skill)],
    ["Signed by", skill.signedBy === undefined ? undefined : `${skill.author}, ${skill.signedBy}`],
    ["Test", skill.test && testText(skill.test)],
    ["Rejected", skill.message],
    ["Published", skill.published && `choir:${skill.published.article}@${skill.published.version.slice(0, 12)}`],
    ["In place of", "instead" in skill ? skill.instead?.hash : undefined],
  ];
  return facts.flatMap(([what, text]) => (text === undefined ? [] : [`${`${what}:`.padEnd(14)}${plain(text)}`]));
}

/** Every file with its text, where that is known. */
export function skillFiles({ files }: ShownSkill | OfferedSkill): string[] {
  return files.flatMap(({ path, executable, bytes, text }) => [
    `--- ${plain(path)} (${bytesText(bytes)}${executable ? ", executable" : ""})`,
    ...(text === undefined ? [] : plainLines(text).trimEnd().split("\n")),
  ]);
}

/** What came of a test. */
export function testText({ passed, timedOut, exitCode, ms }: SkillTest): string {
  const seconds = `${(ms / 1_000).toFixed(1)} s`;
  if (passed) return `passed in ${seconds}`;
  return timedOut
    ? `was not over after ${seconds}, and was ended`
    : `failed with exit code ${exitCode} after ${seconds}`;
}

function fromText({ from, author }: Pick<SkillInfo, "from" | "author">): string {
  const text = from.replace(/^(choir:[0-9a-f]+@[0-9a-f]{12})[0-9a-f]*$/, "$1");
  return author === undefined ? text : `${text} by ${author}`;
}
