// What the check of citations costs: a row of an evaluation, a usual draft, and one with 2,000 citations.
import { attributionOfText, checkCitations } from "@vibewriter/evidence";
import { p50, repeat, row, timed } from "../measure.mjs";

const ROUNDS = 5;
const ROWS = 60;
const PLACES = ["Arden", "Brill", "Corvo", "Delph", "Elmar", "Fenna", "Garth", "Holm", "Istra", "Jorn"];
const THINGS = [
  "harbour",
  "library",
  "reservoir",
  "tramway",
  "hospital",
  "bridge",
  "market",
  "theatre",
  "museum",
  "station",
];

export async function checkRows() {
  const sources = Array.from({ length: 20 }, (_, n) => ({
    id: `S${n + 1}`,
    title: `Report ${n + 1} on ${PLACES[n % 10]}`,
    uri: `file:report-${n + 1}.md`,
    text: Array.from({ length: 60 }, (__, i) => statement(n, i)).join(" "),
  }));
  const draft = (count) =>
    Array.from({ length: count }, (_, i) => `${statement(i % 20, i % 60).replace(/\.$/, "")} [S${(i % 20) + 1}].`).join(
      "\n\n",
    );
  // The first of each is not measured: code that has just been loaded is slow.
  await timed(() => checkCitations(draft(20), sources));
  const each = await repeat(ROWS, (i) =>
    timed(() => attributionOfText(statement(i % 20, i % 60), sources[i % 20].text)),
  );
  const usual = await repeat(ROUNDS, () => timed(() => checkCitations(draft(200), sources)));
  const long = await timed(() => checkCitations(draft(2000), sources));
  return [
    row("evidence.eval_row_p50", p50(each), "ms", { atMost: 25 }),
    row("evidence.check_draft", p50(usual), "ms", { atMost: 3000 }),
    row("evidence.check_draft_2000", long, "ms", { atMost: 30_000 }),
  ];
}

function statement(n, i) {
  const place = PLACES[(n + i) % 10];
  const thing = THINGS[(3 * n + i) % 10];
  const verb = ["opened", "closed", "was repaired", "was extended"][i % 4];
  return `The ${thing} of ${place} ${verb} in ${1950 + ((7 * n + i) % 70)} and cost ${(n + 1) * 10 + i}.${i % 10} million euros, ${(i % 40) + 2}% more than the council of ${place} had planned.`;
}
