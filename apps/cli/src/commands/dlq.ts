import type { DeadLetter } from "@vibewriter/server";
import { type Context, connect } from "../context.js";
import { plain } from "../escape.js";
import { EXIT, type ExitCode, UsageError } from "../exit.js";
import { age, count } from "../view/format.js";
import { table } from "../view/table.js";

/** One dead letter, by its id, or all of them. */
export interface Which {
  id?: string;
  all?: boolean;
}

/** `vibewriter dlq list`. */
export async function dlqList(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const letters = await (await connect(context)).deadLetters.list();
  if (terminal.json) terminal.printJson({ letters });
  else if (letters.length === 0) terminal.print("No dead letters.");
  else for (const line of letterTable(letters, terminal.outColumns)) terminal.print(line);
  return EXIT.done;
}

/** `vibewriter dlq show ID`. */
export async function dlqShow(context: Context, id: string): Promise<ExitCode> {
  const { terminal } = context;
  const { letter, content } = await (await connect(context)).deadLetters.show(id);
  if (terminal.json) {
    terminal.printJson({ letter, content });
    return EXIT.done;
  }
  const rows = [
    ["Id", letter.id],
    [letter.kind === "task" ? "Queue" : "Projection", letter.by],
    ...(letter.run === undefined ? [] : [["Run", letter.run]]),
    ["Message", `${letter.seq} of ${letter.stream}, on ${letter.subject}`],
    ["Tries", `${letter.tries}, from ${letter.firstAt} to ${letter.lastAt}`],
    ["Reason", letter.reason],
    ...(letter.state === "asked" ? [["Retry", "asked for; it is done as soon as the projection runs"]] : []),
  ];
  for (const line of table(
    rows.map((row) => row.map(plain)),
    Number.POSITIVE_INFINITY,
  ))
    terminal.print(line);
  terminal.print("");
  terminal.print(content === null ? "The message itself is not there any more." : plain(content));
  return EXIT.done;
}

/** `vibewriter dlq retry ID | --all`: ends with 1 if one fails again. */
export async function dlqRetry(context: Context, which: Which): Promise<ExitCode> {
  const { terminal } = context;
  const { deadLetters } = await connect(context);
  const retried = [];
  for (const id of await idsOf(deadLetters, which)) retried.push(await deadLetters.retry(id));
  const outcomes = retried.map(({ id, outcome }) => ({ id, outcome }));
  if (terminal.json) terminal.printJson({ retried: outcomes });
  else if (outcomes.length === 0) terminal.print("No dead letters.");
  else for (const { id, outcome } of outcomes) terminal.print(`${plain(id)}  ${OUTCOMES[outcome]}`);
  return outcomes.some(({ outcome }) => outcome === "failed") ? EXIT.failed : EXIT.done;
}

/** `vibewriter dlq drop ID | --all`. */
export async function dlqDrop(context: Context, which: Which): Promise<ExitCode> {
  const { terminal } = context;
  const { deadLetters } = await connect(context);
  const dropped = await idsOf(deadLetters, which);
  for (const id of dropped) await deadLetters.drop(id);
  if (terminal.json) terminal.printJson({ dropped });
  else terminal.print(dropped.length === 0 ? "No dead letters." : `Dropped ${count(dropped.length, "dead letter")}.`);
  return EXIT.done;
}

const OUTCOMES = {
  applied: "done",
  failed: "failed again; vibewriter dlq show says why",
  asked: "asked for; it is done as soon as what has to do it runs",
} as const;

async function idsOf(letters: { list(): Promise<DeadLetter[]> }, { id, all }: Which): Promise<string[]> {
  if ((id === undefined) === (all !== true)) throw new UsageError("Name one dead letter by its id, or all with --all.");
  return id === undefined ? (await letters.list()).map((letter) => letter.id) : [id];
}

function letterTable(letters: readonly DeadLetter[], width: number): string[] {
  const now = Date.now();
  const rows = letters.map((letter) => [
    letter.id,
    plain(letter.run === undefined ? letter.by : `run ${letter.run}`),
    String(letter.tries),
    age(letter.lastAt, now),
    letter.state === "asked" ? "retry asked for" : plain(letter.reason),
  ]);
  return table([["ID", "OF", "TRIES", "AGE", "REASON"], ...rows], width);
}
