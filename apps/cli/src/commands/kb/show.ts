import type { Article } from "@vibewriter/server";
import { type Context, connect } from "../../context.js";
import { plain, plainLines } from "../../escape.js";
import { EXIT, type ExitCode } from "../../exit.js";
import { age } from "../../view/format.js";
import { table } from "../../view/table.js";

/** `vibewriter kb show ARTICLE[@VERSION]`: its Markdown, with what became of it; or with `versions` the list of its versions. */
export async function kbShow(context: Context, reference: string, o: { versions?: boolean }): Promise<ExitCode> {
  const { terminal } = context;
  const article = await (await connect(context)).article(reference);
  if (terminal.json) {
    const { id, versions } = article;
    terminal.printJson(o.versions ? { article: id, versions } : { article });
  } else if (o.versions) {
    for (const line of versionTable(article, terminal.outColumns)) terminal.print(line);
  } else {
    for (const line of factsOf(article)) terminal.print(terminal.outColors.dim(line));
    terminal.print(`\n${plainLines(article.markdown).trimEnd()}`);
  }
  return EXIT.done;
}

function factsOf(article: Article): string[] {
  const { id, author, authorKey, createdAt, citedBy, version, versions, retracted, tags, licence, language } = article;
  const newest = versions.at(-1)?.version;
  const details = [licence, language, ...tags.map((tag) => `#${tag}`)].filter((detail) => detail !== undefined);
  return [
    `${plain(id)} by ${plain(author)}, ${createdAt}, cited by ${citedBy}`,
    authorKey === undefined ? "Unsigned: published by an earlier release." : `Signed by ${authorKey}`,
    ...(details.length === 0 ? [] : [plain(details.join(", "))]),
    ...(versions.length === 1 ? [] : [versionLine(versions.length, version, newest)]),
    ...(retracted === undefined ? [] : [`Retracted on ${retracted.at.slice(0, 10)}: ${plain(retracted.reason)}`]),
  ];
}

function versionLine(count: number, version: string, newest: string | undefined): string {
  const which = version === newest ? "the one that stands" : "an earlier one";
  return `Version ${version.slice(0, 12)}, ${which} of ${count}; vibewriter kb show --versions lists them.`;
}

function versionTable({ versions }: Article, width: number): string[] {
  const rows = versions.map(({ version, createdAt, noveltyScore, title }) => [
    version.slice(0, 12),
    age(createdAt, Date.now()),
    String(Math.round(noveltyScore)),
    plain(title),
  ]);
  return table([["VERSION", "AGE", "NOVELTY", "TITLE"], ...rows], width);
}
