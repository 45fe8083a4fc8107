import type { News } from "./news.js";

/** Before the first article: a feed must say when it was changed. */
const NEVER = new Date(0).toISOString();

/**
 * News as an Atom feed (RFC 4287), the newest first. Ids are the same every time, so that a reader shows each entry once.
 * @param o.id of the feed: an IRI that stays
 */
export function atomFeed(news: readonly News[], o: { id: string; title: string }): string {
  const entries = dated(news).map(({ one, at }) => entry(one, at));
  const updated = dated(news).reduce((latest, { at }) => (at > latest ? at : latest), NEVER);
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `  <id>${xml(o.id)}</id>`,
    `  <title>${xml(o.title)}</title>`,
    `  <updated>${updated}</updated>`,
    ...entries,
    "</feed>",
    "",
  ].join("\n");
}

/** A citation happened no later than what came after it in the stream. */
function dated(news: readonly News[]): { one: News; at: string }[] {
  let last = NEVER;
  return news
    .toReversed()
    .map((one) => {
      last = one.at ?? last;
      return { one, at: last };
    })
    .reverse();
}

function entry({ seq, kind, article, reason, by }: News, at: string): string {
  const author = by?.article.author ?? article.author;
  const { title, summary } = {
    published: { title: article.title, summary: `Published by ${article.author}.` },
    revised: { title: `${article.title} (revised)`, summary: `A new version by ${article.author}.` },
    retracted: { title: `${article.title} (retracted)`, summary: `Retracted: ${reason}` },
    cited: { title: `${article.title} was cited`, summary: `Cited by “${by?.article.title}”: ${by?.claim}` },
  }[kind];
  return [
    "  <entry>",
    `    <id>urn:vibewriter:${kind}:${xml(article.id)}:${seq}</id>`,
    `    <title>${xml(title)}</title>`,
    `    <updated>${at}</updated>`,
    `    <author><name>${xml(author)}</name></author>`,
    `    <link rel="alternate" href="/articles/${xml(article.id)}@${xml(article.version)}"/>`,
    ...article.tags.map((tag) => `    <category term="${xml(tag)}"/>`),
    `    <summary>${xml(summary)}</summary>`,
    "  </entry>",
  ].join("\n");
}

/** Text of a stranger: what XML 1.0 has no way to write is left out. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
