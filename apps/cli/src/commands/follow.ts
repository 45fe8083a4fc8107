import { codeOf, type FollowEvent, type FollowInfo, ServerError } from "@vibewriter/server";
import { authorKeyOf } from "../author-key.js";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode } from "../exit.js";
import { interruption } from "../interrupt.js";
import { age } from "../view/format.js";
import { table } from "../view/table.js";

/** `vibewriter follow add SUBJECT [--webhook URL]`. */
export async function followAdd(context: Context, subject: string, o: { webhook?: string }): Promise<ExitCode> {
  const { terminal } = context;
  const client = await connect(context);
  const [, author] = /^author:(.+)$/.exec(subject.trim()) ?? [];
  const whole = author === undefined ? subject : `author:${await authorKeyOf(client, author.trim())}`;
  const { follow, isNew } = await client.follows.add(whole, o.webhook);
  if (terminal.json) terminal.printJson({ follow, isNew });
  else {
    terminal.print(`${isNew ? "Follows" : "Followed already:"} ${plain(follow.subject)}, subscription ${follow.id}.`);
    terminal.print(
      follow.webhook === null
        ? "See its news with `vibewriter follow watch` and `vibewriter kb feed --followed`."
        : `Try its webhook with \`vibewriter follow test ${follow.id}\`.`,
    );
  }
  return EXIT.done;
}

/** `vibewriter follow list`. */
export async function followList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const follows = await (await connect(context)).follows.list();
  if (terminal.json) terminal.printJson({ follows });
  else if (follows.length === 0) terminal.print("Nothing is followed; begin with `vibewriter follow add tag:TAG`.");
  else for (const line of table([HEAD, ...follows.map(rowOf)], terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter follow remove FOLLOW`. */
export async function followRemove(context: Context, id: string): Promise<ExitCode> {
  const { terminal } = context;
  await (await connect(context)).follows.remove(id);
  if (terminal.json) terminal.printJson({ removed: id });
  else terminal.print(`The subscription ${plain(id)} has ended.`);
  return EXIT.done;
}

/** `vibewriter follow test FOLLOW`: exit code 1 if its webhook did not take it. */
export async function followTest(context: Context, id: string): Promise<ExitCode> {
  const { terminal } = context;
  const result = await (await connect(context)).follows.test(id);
  if (terminal.json) terminal.printJson(result);
  else terminal.print(plain(result.message));
  return result.ok ? EXIT.done : EXIT.failed;
}

/** `vibewriter follow watch [FOLLOW] [--after POSITION]`: until Ctrl-C, or until the server ends, exit code 1. */
export async function followWatch(context: Context, id: string | undefined, o: { after?: number }): Promise<ExitCode> {
  const { terminal } = context;
  using interrupted = interruption();
  const { signal } = interrupted;
  const { follows } = await connect(context);
  let last = o.after;
  try {
    for await (const news of follows.watch({ id, after: last, signal })) {
      last = news.seq;
      if (terminal.json) terminal.printJson(news);
      else terminal.print(lineOf(news));
    }
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    if (!ENDED.has(codeOf(error))) throw error;
  }
  if (signal.aborted) return EXIT.interrupted;
  const again = ["vibewriter follow watch", id, last === undefined ? undefined : `--after ${last}`].filter(Boolean);
  throw new ServerError("unreachable", `The server of this home has ended; go on with \`${again.join(" ")}\`.`);
}

/** What is heard of a server that ends. */
const ENDED: ReadonlySet<string> = new Set([
  ...["unreachable", "closed", "stopping", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"],
]);

const HEAD = ["FOLLOW", "SUBJECT", "SINCE", "WEBHOOK", "NOT YET DELIVERED", "WHY"];

function rowOf({ id, subject, createdAt, webhook, pending, hasMore, lastError }: FollowInfo): string[] {
  const since = age(createdAt, Date.now());
  return [id, plain(subject), since, plain(webhook ?? "-"), `${pending}${hasMore ? "+" : ""}`, plain(lastError ?? "")];
}

function lineOf({ seq, time, kind, article, reason, by }: FollowEvent): string {
  const more = {
    published: `by ${article.author}`,
    revised: `by ${article.author}`,
    retracted: `: ${reason}`,
    cited: `by “${by?.article.title}”: ${by?.claim}`,
  }[kind];
  const what = kind === "retracted" ? `retracted${more}` : `${kind} ${more}`;
  return [seq, time, article.id.slice(0, 12), plain(`“${article.title}” ${what}`)].join("  ");
}
