import { createHash } from "node:crypto";
import type { News, NewsArticle } from "@vibewriter/choir";
import { type Notification, oneLine } from "../notify/notification.js";
import { type Follow, subjectText } from "./follow.js";
import type { FollowedNews } from "./followed-news.js";

/** News as a subscription tells them. */
export function followedNews({ id, subject }: Follow, { kind, seq, at, article, reason, by }: News): FollowedNews {
  return {
    follow: { id, subject: subjectText(subject) },
    kind,
    position: seq,
    at: at ?? null,
    article: articleOf(article),
    url: `/articles/${article.id}@${article.version}`,
    reason: reason ?? null,
    by: by ? { article: articleOf(by.article), claim: by.claim } : null,
  };
}

/** The same for one effect and one subscription for ever, wherever the effect stands in the stream after a restore. */
export function newsId({ follow, kind, article, by }: FollowedNews): string {
  const what = { published: article.version, revised: article.version, retracted: "", cited: by?.article.id ?? "" }[
    kind
  ];
  return `ntf_${createHash("sha256").update(`${follow.id}\n${kind}\n${article.id}\n${what}`).digest("hex").slice(0, 32)}`;
}

/** @param time when it was put on the event stream, ISO 8601 */
export function notificationOfNews(news: FollowedNews, time: string): Notification {
  const { kind, article, reason, by } = news;
  const said = {
    published: { title: "published", text: `Published by ${article.author}.` },
    revised: { title: "revised", text: `A new version by ${article.author}.` },
    retracted: { title: "retracted", text: `Retracted: ${reason}` },
    cited: { title: "cited", text: `Cited by “${by?.article.title}” of ${by?.article.author}: ${by?.claim}` },
  }[kind];
  return {
    id: newsId(news),
    type: `article.${kind}`,
    time,
    title: oneLine(`“${oneLine(article.title, 150)}” was ${said.title}`, 200),
    text: oneLine(said.text, 1_000),
    news,
  };
}

function articleOf({ id, version, title, author, authorKey, tags }: NewsArticle): FollowedNews["article"] {
  return { id, version, title: oneLine(title, 500), author, authorKey: authorKey ?? null, tags: [...tags] };
}
