import { DEFAULT_ECONOMY } from "../ledger/config.js";
import { parseAmount } from "../ledger/money.js";
import { Random } from "./random.js";
import { type Author, type Earnings, World } from "./world.js";

/** How the attackers cite each other; in a month a third of them publishes one article each that does it. */
export const SHAPES = ["ring", "sparse", "pairs", "star", "crowd"] as const;
export type Shape = (typeof SHAPES)[number];

export interface Scenario {
  name: string;
  shape: Shape;
  /** Citations that honest authors give to articles of the attackers, over all months. */
  honestCitations: number;
  /** Novelty score of what the attackers write: text that is worth as much as honest work, or farmed. */
  attackersWrite: "original" | "gibberish";
}

/** What is tried against the rules. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "a ring, each cites the next", shape: "ring", honestCitations: 0, attackersWrite: "gibberish" },
  { name: "the ring with original texts", shape: "ring", honestCitations: 0, attackersWrite: "original" },
  { name: "the ring with 20 honest citations", shape: "ring", honestCitations: 20, attackersWrite: "original" },
  { name: "sparse: each cites three at random", shape: "sparse", honestCitations: 20, attackersWrite: "original" },
  { name: "pairs that cite each other", shape: "pairs", honestCitations: 20, attackersWrite: "original" },
  {
    name: "a star: two get the honest citations and cite the rest",
    shape: "star",
    honestCitations: 20,
    attackersWrite: "original",
  },
  { name: "a crowd that also cites the honest", shape: "crowd", honestCitations: 20, attackersWrite: "original" },
];

export interface SimulationOptions {
  seed: number;
  months: number;
  honest: number;
  attackers: number;
}

export const USUAL: SimulationOptions = { seed: 1, months: 24, honest: 200, attackers: 3_000 };

/** Share of what is paid to everybody that goes to the attackers: the larger one of CHIP and USDC, 0-1. */
export function attackersShare(earned: ReadonlyMap<string, Earnings>): number {
  const shares = (["chip", "usdc"] as const).map((currency) => {
    const total = [...earned.values()].reduce((sum, earnings) => sum + earnings[currency], 0n);
    return total === 0n ? 0 : Number(((earned.get("attackers")?.[currency] ?? 0n) * 1_000_000n) / total) / 1e6;
  });
  return Math.max(...shares);
}

/** Who earns what: honest authors, copyists, a farm of gibberish, and the attackers of a scenario. */
export function simulate(scenario: Scenario, o: SimulationOptions): Map<string, Earnings> {
  const random = new Random(o.seed);
  const world = new World(DEFAULT_ECONOMY);
  const groupOf = (group: string, size: number) => Array.from({ length: size }, (_, i) => world.join(group, `${i}`));
  const honest = groupOf("honest", o.honest);
  const copyists = groupOf("copyists", 50);
  const gibberish = groupOf("gibberish farm", 300);
  const attackers = groupOf("attackers", o.attackers);
  const cited = scenario.shape === "star" ? attackers.slice(0, 2) : attackers;
  const mistakes = new Mistakes(scenario.honestCitations, o, cited, random);

  // The first authors are the ones that trust starts from.
  for (const author of honest) world.publish(author, score(random, 50, 15));
  for (let month = 0; month < o.months; month++) {
    world.fund(parseAmount("2000", "USDC"));
    const acts = [
      ...honest.filter(() => random.next() < 0.5).map((author) => () => work(world, random, author, honest, mistakes)),
      ...copyists.map((author) => () => copy(world, random, author, honest)),
      ...gibberish.map((author) => () => void world.publish(author, score(random, 6, 3))),
      ...attackers.flatMap((_, i) =>
        i % 3 === month % 3 ? [() => attack(world, random, scenario, { attackers, i, honest })] : [],
      ),
    ];
    for (const act of random.shuffle(acts)) act();
    world.endMonth();
  }
  return world.finish();
}

/** An honest article builds on one to five others, the good ones more often. */
function work(world: World, random: Random, author: Author, honest: readonly Author[], mistakes: Mistakes): void {
  const article = world.publish(author, score(random, 50, 15));
  for (let i = 1 + random.below(5); i > 0; i--) {
    const other = mistakes.next() ?? honest[Math.floor(random.next() ** 2 * honest.length)];
    const cited = other && random.pick(other.articles);
    if (other && cited) world.cite(article, cited, other);
  }
}

function copy(world: World, random: Random, author: Author, honest: readonly Author[]): void {
  const article = world.publish(author, score(random, 3, 3));
  const other = random.pick(honest);
  const cited = other && random.pick(other.articles);
  if (other && cited) world.cite(article, cited, other);
}

function attack(
  world: World,
  random: Random,
  { shape, attackersWrite }: Scenario,
  { attackers, i, honest }: { attackers: readonly Author[]; i: number; honest: readonly Author[] },
): void {
  const [author, next] = [attackers[i], attackers[(i + 1) % attackers.length]];
  if (!author || !next) return;
  const article = world.publish(author, attackersWrite === "original" ? score(random, 50, 15) : score(random, 6, 3));
  const friends = {
    ring: () => [next],
    sparse: () => Array.from({ length: 3 }, () => random.pick(attackers)),
    pairs: () => [attackers[i ^ 1]],
    // The two in the middle have the trust, and everybody else two supporters.
    star: () => (i < 2 ? Array.from({ length: 50 }, () => random.pick(attackers)) : attackers.slice(0, 2)),
    crowd: () => [random.pick(attackers), random.pick(attackers), random.pick(honest), random.pick(honest)],
  };
  for (const friend of friends[shape]()) {
    const cited = friend?.articles.at(-1);
    if (friend && cited) world.cite(article, cited, friend);
  }
}

/** Spreads the citations that attackers get by mistake, or have bought, over the months. */
class Mistakes {
  readonly #attackers: readonly Author[];
  readonly #random: Random;
  readonly #chance: number;

  constructor(count: number, o: SimulationOptions, attackers: readonly Author[], random: Random) {
    this.#attackers = attackers;
    this.#random = random;
    // Half of the honest publish in a month, with three citations each.
    this.#chance = count / (o.honest * o.months * 0.5 * 3);
  }

  next(): Author | undefined {
    return this.#random.next() < this.#chance ? this.#random.pick(this.#attackers) : undefined;
  }
}

function score(random: Random, mean: number, deviation: number): number {
  return Math.round(Math.max(0, Math.min(100, random.around(mean, deviation))) * 10) / 10;
}
