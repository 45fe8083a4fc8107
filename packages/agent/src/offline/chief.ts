import { slug } from "@vibewriter/evidence";
import { z } from "zod";
import { queryOf } from "../taint/search-query.js";
import type { Call, Conversation, Turn } from "./conversation.js";
import { composeDraft, sameWords, titleOf } from "./draft.js";
import { readConflicts } from "./findings.js";
import { mergeNotes, readNotes } from "./notes.js";
import { publishTask } from "./publisher.js";
import { researchTask } from "./researcher.js";
import { groupByTheme, LEFT_OVER } from "./themes.js";
import { readVerdict, verifyTask } from "./verifier.js";

const STEPS = [
  "Look for earlier articles in the Choir knowledge base",
  "Read the sources and take notes",
  "Write the draft",
  "Check every citation against its source",
  "Publish the report and cite the articles it uses",
];

/** Angles of every request; the themes of the sources are the others. */
const ANGLES: readonly Angle[] = [
  { name: "findings", angle: "what the sources state, with figures", isWhole: true },
  { name: "risks", angle: "risks, limits, losses, and where the sources differ", isWhole: true },
];
/** For sources without a theme. */
const PAST: Angle = { name: "past", angle: "how it came about, with dates", isWhole: false };
const MOST_THEMES = 3;
/** Sources for each theme that is asked after by itself: few sources are read by few. */
const SOURCES_A_THEME = 6;

interface Angle {
  readonly name: string;
  readonly angle: string;
  /** Whether it is about all that was asked, and not about a part of it. */
  readonly isWhole: boolean;
}

const Hits = z.object({ results: z.array(z.object({ source: z.string(), title: z.string(), passage: z.string() })) });

const Articles = z.array(z.object({ article_id: z.string(), similarity: z.number() }));
const MOST_ARTICLES = 3;
const MOST_CHECKS = 3;
const THRESHOLD = 0.9;

/** The main agent's next step: plan, look for earlier work, delegate, draft, have it checked, correct it, have it published. */
export function direct(conversation: Conversation, o: { publishes: boolean } = { publishes: true }): Turn {
  const known = conversation.answer("kb");
  if (known === undefined) {
    return {
      text: "I plan the work and look for earlier articles on it.",
      calls: [
        todos(conversation, 0),
        conversation.call("kb", "search_choir_kb", { query: queryOf(conversation.request), limit: MOST_ARTICLES }),
        conversation.call("look", "web_search", { query: queryOf(conversation.request), limit: 20 }),
      ],
    };
  }
  if (conversation.answers("research").length === 0) return delegateReading(conversation, known.text);
  const researched = conversation.answers("research");
  if (!researched.some(({ text }) => text.includes("EVIDENCE: enough"))) {
    // What they had recorded before they were stopped is put together by the host.
    const isCut = researched.some(({ text }) => /^ENDED:|budget_spent/m.test(text));
    return isCut ? failed(conversation, "the research ended before its time.") : stop(conversation);
  }
  if (conversation.answers("notes").length === 0) return readBack(conversation);
  const notes = mergeNotes(conversation.answers("notes").map((answer) => readNotes(answer.text)));
  if (notes.findings.length === 0) {
    // Notes that nobody may read any more are no lack of evidence: what was recorded is put together by the host.
    const isRead = conversation.answers("notes").every(({ ok, text }) => ok && !text.includes("budget_spent"));
    return isRead ? stop(conversation) : failed(conversation, "the notes could not be read back.");
  }
  const conflicts = readConflicts(conversation.answer("findings")?.text ?? "");
  const gaps = anglesOf(conversation)
    .filter(({ name }) => conversation.answer(`research-${name}`)?.text.includes("EVIDENCE: enough") === false)
    .map((angle) => questionOf(conversation, angle));
  const publishes =
    o.publishes && (conversation.planOfPerson === undefined || hasPublishing(conversation.planOfPerson));
  return writeAndCheck(conversation, {
    compose: (dropped) => composeDraft(conversation.request, notes, { dropped, conflicts, gaps }),
    publishes,
  });
}

/** Whether the plan that the person wrote has a step that publishes. */
function hasPublishing(plan: readonly { content: string }[]): boolean {
  return plan.some(({ content }) => /publish/i.test(content));
}

function delegateReading(conversation: Conversation, known: string): Turn {
  const articles = articlesIn(known).map((article) => `choir:${article.article_id}`);
  return {
    text:
      articles.length > 0
        ? `There are ${articles.length} earlier articles to build on. The sources are next.`
        : "Nothing earlier on this. The sources are next.",
    calls: [
      todos(conversation, 1),
      ...anglesOf(conversation).map((angle, index) =>
        conversation.call(`research-${angle.name}`, "task", {
          subagent_type: "researcher",
          description: researchTask({
            ...angle,
            question: questionOf(conversation, angle),
            request: conversation.request,
            articles: index === 0 ? articles : [],
            notes: notesPath(conversation, angle.name),
          }),
        }),
      ),
    ],
  };
}

/** Three to five angles: two of every request, and the themes that several of the found passages share. */
function anglesOf(conversation: Conversation): readonly Angle[] {
  const hits = hitsIn(conversation.answer("look")?.text ?? "");
  const titles = new Map(hits.map(({ source, title }) => [source, title]));
  const most = Math.min(MOST_THEMES, Math.max(1, Math.floor(titles.size / SOURCES_A_THEME)));
  const passages = hits.map(({ source, passage }) => ({ source, heading: "", sentences: [passage], score: 1 }));
  const themes = groupByTheme(conversation.request, titles, passages, most)
    .map(({ name }) => name)
    .filter((name) => !LEFT_OVER.has(name));
  const about = themes.map((theme) => ({ name: slug(theme), angle: theme, isWhole: false }));
  return [...ANGLES, ...(about.length > 0 ? about : [PAST])];
}

function questionOf(conversation: Conversation, { angle }: Angle): string {
  return `${titleOf(conversation.request)}: ${angle}`;
}

/** Reads the notes of the researchers that found enough, and what the claims of all come to. */
function readBack(conversation: Conversation): Turn {
  const angles = anglesOf(conversation);
  const calls = angles
    .filter(({ name }) => conversation.answer(`research-${name}`)?.text.includes("EVIDENCE: enough"))
    .map(({ name }) =>
      conversation.call(`notes-${name}`, "read_file", { file_path: notesPath(conversation, name), limit: 2_000 }),
    );
  const questions = angles.map((angle) => questionOf(conversation, angle));
  calls.push(conversation.call("findings", "findings", { questions }));
  return { text: "The evidence is enough. I read the notes.", calls: [todos(conversation, 2), ...calls] };
}

/** Drafts, and drafts again without the sentences that failed, until the check passes. */
function writeAndCheck(
  conversation: Conversation,
  { compose, publishes }: { compose: (dropped: ReadonlySet<string>) => string; publishes: boolean },
): Turn {
  const path = `${conversation.folder}/draft.md`;
  const dropped = new Set<string>();
  for (let attempt = 1; attempt <= MOST_CHECKS; attempt++) {
    if (conversation.answer(`draft${attempt}`) === undefined) {
      const write = conversation.call(`draft${attempt}`, "write_file", { file_path: path, content: compose(dropped) });
      return {
        text: attempt === 1 ? "I write the draft." : "I write the draft again, without what failed the check.",
        calls: [write],
      };
    }
    const checked = conversation.answer(`check${attempt}`);
    if (checked === undefined) {
      const task = { subagent_type: "verifier", description: verifyTask(path, attempt) };
      const calls = [conversation.call(`check${attempt}`, "task", task)];
      return {
        text: "Every citation is checked now.",
        calls: attempt === 1 ? [todos(conversation, 3), ...calls] : calls,
      };
    }
    const verdict = readVerdict(checked.text);
    const last = attempt === MOST_CHECKS;
    if (verdict === undefined) {
      // The draft may have gone with the VM that it was written in.
      if (!last) continue;
      return failed(conversation, `the draft could not be checked. ${checked.text}`);
    }
    if (verdict.failed.length === 0 || (last && verdict.rate >= THRESHOLD)) {
      if (verdict.rate >= THRESHOLD && !publishes)
        return { text: `The report is written in ${path} and checked; nothing was published.`, calls: [] };
      return verdict.rate >= THRESHOLD
        ? publishIt(conversation, path)
        : failed(conversation, `only ${verdict.rate} of the citations hold.`);
    }
    for (const sentence of verdict.failed) dropped.add(sameWords(sentence));
  }
  return failed(conversation, `the citations still failed after ${MOST_CHECKS} checks.`);
}

function publishIt(conversation: Conversation, path: string): Turn {
  const published = conversation.answer("publish");
  if (published === undefined) {
    const task = { subagent_type: "publisher", description: publishTask(path) };
    return {
      text: "The citations hold. Publishing is next.",
      calls: [todos(conversation, 4), conversation.call("publish", "task", task)],
    };
  }
  const done = published.text.includes("PUBLISHED:") && !published.text.includes("NOT PUBLISHED:");
  if (!done) return { text: `The report is written and checked, and was not published. ${published.text}`, calls: [] };
  if (conversation.answer("todos5") === undefined) return { text: "", calls: [todos(conversation, 5)] };
  return { text: `The report is written, checked and published. ${published.text}`, calls: [] };
}

function stop(conversation: Conversation): Turn {
  if (conversation.answer("stop") === undefined) {
    const explanation = "The sources given say too little about the request to write a report that could be checked.";
    return {
      text: "The sources do not hold enough evidence.",
      calls: [conversation.call("stop", "stop_without_report", { reason: "not_enough_evidence", explanation })],
    };
  }
  return {
    text: "There is not enough evidence in the sources for a report, so nothing was written or published.",
    calls: [],
  };
}

function failed(conversation: Conversation, why: string): Turn {
  return { text: `The draft in ${conversation.folder} was not published: ${why}`, calls: [] };
}

function todos(conversation: Conversation, current: number): Call {
  const own = STEPS.map((content, index) => ({ content, status: statusOf(index, current) }));
  if (conversation.planOfPerson === undefined)
    return conversation.call(`todos${current}`, "write_todos", { todos: own });
  // The person's steps stay as they are, but for those that it knows to do.
  const todos = (conversation.plan ?? []).map((step) => own.find(({ content }) => content === step.content) ?? step);
  return conversation.call(`todos${current}`, "write_todos", { todos });
}

function statusOf(index: number, current: number): "completed" | "in_progress" | "pending" {
  return index < current ? "completed" : index === current ? "in_progress" : "pending";
}

function notesPath(conversation: Conversation, name: string): string {
  return `${conversation.folder}/notes/${name}.md`;
}

function hitsIn(answer: string): z.infer<typeof Hits>["results"] {
  try {
    return Hits.parse(JSON.parse(answer)).results;
  } catch {
    return [];
  }
}

/** Articles near enough to be worth reading. */
function articlesIn(answer: string): z.infer<typeof Articles> {
  try {
    return Articles.parse(JSON.parse(answer)).slice(0, MOST_ARTICLES);
  } catch {
    return [];
  }
}
