import { checkCitations } from "@vibewriter/evidence";
import type { ToolContext } from "../../src/tools/context.js";
import { EXAMPLES, World } from "./world.js";

export const GOOD = "The USDC supply cap on Base is $500 million [S1].";
export const WRONG = "The USDC supply cap on Base is $900 million [S1].";

/** Asks nobody: the tool is called again later. */
export const nobody = () => undefined;

/** Runs with drafts, checked and not, for what publishes and cites them. */
export class Drafts implements AsyncDisposable {
  readonly world: World;
  #runs = 0;

  private constructor(world: World) {
    this.world = world;
  }

  static async open(): Promise<Drafts> {
    return new Drafts(await World.open());
  }

  /** What the tools of a new run stand on; with `yes` its publication is allowed beforehand. */
  async newContext(o: { yes?: boolean } = {}): Promise<ToolContext> {
    const count = ++this.#runs;
    const request = {
      request: `Gate ${count}`,
      out: this.world.out,
      sources: [EXAMPLES],
      model: "offline",
      author: `author ${count}`,
    };
    const { runId } = await this.world.client.start(request, {});
    const { context, parts } = await this.world.context(runId);
    if (o.yes) await parts.approvals.allowOnce(runId, "publish_to_choir", "--yes");
    return context;
  }

  async write(context: ToolContext, text: string, name = "draft.md"): Promise<string> {
    const path = `${context.workspace.folder}/${name}`;
    await context.workspace.write(path, text);
    return path;
  }

  async check(context: ToolContext, path: string, text: string): Promise<void> {
    await context.verifications.put(path, text, checkCitations(text, await context.sources.texts()));
  }

  /** A draft that has been checked. */
  async draftOf(context: ToolContext, text: string): Promise<string> {
    const path = await this.write(context, text);
    await this.check(context, path, text);
    return path;
  }

  /** What the tools stand on when the person has said more to a run that came to a report. */
  async nextTurn({ runId }: ToolContext): Promise<ToolContext> {
    await this.world.bench.parts.runs.change(runId, (now) => ({ ...now, work: "2", reports: ["1"] }));
    return (await this.world.context(runId)).context;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]();
  }
}
