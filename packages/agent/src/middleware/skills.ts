import { type BackendProtocolV2, createSkillsMiddleware } from "deepagents";
import { createMiddleware } from "langchain";
import { z } from "zod";
import { SKILL_FILE } from "../skills/rules.js";
import { markOf, type TaintMark } from "../taint/origin.js";

const FOLDER = "/skills/";

const Listed = z.object({ skillsMetadata: z.array(z.looseObject({ name: z.string() })).nullish() });

export interface SkillsOptions {
  /** The agent's VM. */
  readonly backend: BackendProtocolV2;
  /** The text of `SKILL.md` of each skill that came with this program or that a person has installed, by name. */
  readonly trusted: () => Promise<ReadonlyMap<string, string>>;
}

/**
 * deepagents' list of skills, which stands in the prompt before an agent has read anything. Those that a person has installed, or that came with
 * this program, are described as the host has them, and not as programs may have left them in the VM. What else lies there is listed, too, and an
 * agent before which it is listed has seen text from outside.
 */
export function skills({ backend, trusted }: SkillsOptions) {
  let known: ReadonlyMap<string, string> = new Map();
  const once = createSkillsMiddleware({ backend: describedBy(backend, (name) => known.get(name)), sources: [FOLDER] });
  const { beforeModel } = once;
  if (typeof beforeModel !== "function") throw new Error("deepagents' skills have no beforeModel any more.");
  return createMiddleware({
    ...once,
    async beforeModel(state, runtime) {
      // Listed once for each agent; from then on it is part of what the agent knows.
      if (Listed.parse(state).skillsMetadata) return undefined;
      known = await trusted();
      const listed = await beforeModel(state, runtime);
      const others = (Listed.parse(listed ?? {}).skillsMetadata ?? []).filter(({ name }) => !known.has(name));
      const taint: TaintMark[] = others.map(({ name }) => markOf("skill", `${FOLDER}${name}/${SKILL_FILE}`));
      return { ...listed, taint };
    },
  });
}

/** The VM, but for the descriptions of skills that are known here. */
function describedBy(backend: BackendProtocolV2, textOf: (name: string) => string | undefined): BackendProtocolV2 {
  return new Proxy(backend, {
    get(target, call) {
      const member: unknown = Reflect.get(target, call, target);
      if (typeof member !== "function") return member;
      if (call === "read") {
        return async (path: string, ...more: unknown[]): Promise<unknown> => {
          const content = textOf(skillAt(path));
          return content === undefined ? await Reflect.apply(member, target, [path, ...more]) : { content };
        };
      }
      if (call === "downloadFiles") {
        const download = async (path: string): Promise<unknown[]> => {
          const content = textOf(skillAt(path));
          if (content === undefined) return await Reflect.apply(member, target, [[path]]);
          return [{ path, content: Buffer.from(content), error: null }];
        };
        return async (paths: string[]) => (await Promise.all(paths.map(download))).flat();
      }
      return member.bind(target);
    },
  });
}

/** The name of the skill whose description a path is; empty for any other path. */
function skillAt(path: string): string {
  const [name = "", file, ...more] = path.startsWith(FOLDER) ? path.slice(FOLDER.length).split("/") : [];
  return file === SKILL_FILE && more.length === 0 ? name : "";
}
