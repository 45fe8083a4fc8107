/** A small generator of English-like articles, the same for the same seed. */
export class Writing {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 <= x < 1. */
  next(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 2 ** 32;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  sentence(field: Field, subject: string): string {
    const noun = () => this.pick(field.nouns);
    const verb = () => this.pick(field.verbs);
    const adjective = () => this.pick(ADJECTIVES);
    const year = () => String(1850 + Math.floor(this.next() * 170));
    return this.pick([
      () => `In ${year()} the ${adjective()} ${noun()} of ${subject} ${verb()} every ${noun()} near the ${noun()}.`,
      () => `A ${noun()} that ${verb()} the ${noun()} is ${adjective()}, while the ${noun()} of ${subject} is not.`,
      () => `Because the ${noun()} ${verb()} its ${noun()}, ${subject} needs a ${adjective()} ${noun()}.`,
      () =>
        `Observers of ${subject} counted ${Math.floor(this.next() * 900)} ${noun()}s before the ${noun()} ${verb()} them.`,
      () => `Nobody had expected a ${adjective()} ${noun()}; it ${verb()} the ${noun()} for ${subject}.`,
      () => `Without the ${noun()}, the ${adjective()} ${noun()} ${verb()} whatever ${noun()} remains.`,
    ])();
  }

  article(subject: string, field: Field, sentences = 36): string {
    const lines = [`# Notes on ${subject}`, ""];
    for (let i = 0; i < sentences; i += 6) {
      if (i % 12 === 0) lines.push(`## The ${this.pick(field.nouns)} and the ${this.pick(field.nouns)}`, "");
      lines.push(Array.from({ length: 6 }, () => this.sentence(field, subject)).join(" "), "");
    }
    return lines.join("\n");
  }
}

export interface Field {
  nouns: string[];
  verbs: string[];
}

const list = (text: string) => text.split(" ");
const ADJECTIVES = list(
  "narrow hollow brittle slow ancient salted crooked silent heavy pale restless dense gentle uneven",
);

export const FIELDS: Field[] = [
  {
    nouns: list(
      "harbour tide current lighthouse mooring breakwater estuary sandbar pilot anchor channel seawall ferry buoy",
    ),
    verbs: list("floods shelters carries erodes guides strands drowns"),
  },
  {
    nouns: list("oven crust dough miller flour yeast loaf baker grain starter crumb furnace kneading salt"),
    verbs: list("raises browns feeds ferments folds cools weighs"),
  },
  {
    nouns: list("hive queen drone nectar pollen swarm orchard beekeeper comb meadow blossom smoker larva honey"),
    verbs: list("gathers pollinates guards swarms stings stores forages"),
  },
  {
    nouns: list(
      "glacier moraine crevasse meltwater summit avalanche ridge icefall snowfield boulder valley rope hut bivouac",
    ),
    verbs: list("carves buries melts fractures scours freezes uncovers"),
  },
  {
    nouns: list(
      "ledger lender collateral borrower interest deposit auction margin liquidity broker treasury contract vault premium",
    ),
    verbs: list("secures prices liquidates hedges settles lends audits"),
  },
];

export const SUBJECTS = list(
  `Abernethy Bellwether Carrowmore Dunfermline Eskdalemuir Fotheringay Glenfinnan Hartlepool Inverarity Jedburgh
  Kirkcudbright Lindisfarne Mousehole Northallerton Ottershaw Pontefract Quernmore Ravenglass Scarborough Tintagel
  Ullapool Ventnor Wapentake Yarborough Zennor Anstruther Broughton Crowlas Dolgellau Ecclefechan Framlingham
  Grasmere Holyhead Ilfracombe Jevington Knaresborough Ledbury Mablethorpe Nantwich Oswestry Penzance Quorndon
  Rottingdean Shaftesbury Tewkesbury Uttoxeter Virginstow Whitstable Yealmpton Zeal`.replace(/\s+/g, " "),
);

/** One article for each subject, the fields in turn. */
export function library(seed = 1): { subject: string; markdown: string }[] {
  const writing = new Writing(seed);
  return SUBJECTS.map((subject, i) => ({
    subject,
    markdown: writing.article(subject, FIELDS[i % FIELDS.length] ?? { nouns: [], verbs: [] }),
  }));
}

/** Replaces a share of the words by other words of the article. */
export function swapped(markdown: string, share: number, seed: number): string {
  const writing = new Writing(seed);
  const all = markdown.match(/[a-z]{4,}/g) ?? [];
  return markdown.replace(/[a-z]{4,}/g, (word) => (writing.next() < share ? writing.pick(all) : word));
}
