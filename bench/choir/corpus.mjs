// Text that is like language in what costs an index: words by Zipf's law, some common to all, some to a topic; new words that keep coming;
// passages of different lengths. The same for the same seed.

const WORDS = 60_000;
const TOPICS = 400;
const OF_TOPIC = 0.45;
const SYLLABLES =
  "ba be bo da de do fa fi ga go ka ke la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se si so ta te ti to va ve".split(
    " ",
  );
const ENDINGS = ["", "", "", "s", "ing", "ed", "er", "ation"];
const COMMON =
  "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which".split(
    " ",
  );

/** Articles of five passages each, as an index takes them but for their vectors. */
export function* articles(passages, seed = 1) {
  const random = generator(seed);
  const words = wordsOf(random);
  for (let seq = 1; seq <= passages / 5; seq++) {
    const topic = Math.floor(random() * TOPICS);
    const sentence = () => sentenceOf(random, words, topic);
    const texts = Array.from({ length: 5 }, () =>
      Array.from({ length: 6 + Math.floor(random() * 8) }, sentence).join(" "),
    );
    yield { id: seq.toString(16).padStart(24, "0"), seq, title: sentence().slice(0, 60), texts };
  }
}

/** Questions of three to eight words, each of a topic. */
export function questions(count, seed = 2) {
  const words = wordsOf(generator(1));
  const random = generator(seed);
  return Array.from({ length: count }, () => {
    const topic = Math.floor(random() * TOPICS);
    return Array.from({ length: 3 + Math.floor(random() * 6) }, () => wordOf(random, words, topic)).join(" ");
  });
}

/** An article in Markdown, of about so many words. */
export function markdown(count, seed) {
  const words = wordsOf(generator(1));
  const random = generator(seed);
  const paragraphs = [];
  for (let left = count; left > 0; left -= 90) {
    paragraphs.push(Array.from({ length: 7 }, () => sentenceOf(random, words, seed % TOPICS)).join(" "));
  }
  return `# Article ${seed}\n\n${paragraphs.join("\n\n")}\n`;
}

function sentenceOf(random, words, topic) {
  const length = 8 + Math.floor(random() * 12);
  const said = Array.from({ length }, () => wordOf(random, words, topic)).join(" ");
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}

function wordOf(random, words, topic) {
  if (random() < 0.4) return COMMON[Math.floor(random() ** 2 * COMMON.length)];
  // Rank by Zipf's law with exponent 1: the logarithm of the rank is spread evenly.
  const rank = Math.floor(Math.exp(random() * Math.log(WORDS))) - 1;
  const isOfTopic = random() < OF_TOPIC;
  return words[isOfTopic ? (rank * TOPICS + topic * 151) % WORDS : rank];
}

function wordsOf(random) {
  const all = new Set();
  while (all.size < WORDS) {
    const length = 2 + Math.floor(random() * 3);
    const stem = Array.from({ length }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join("");
    all.add(stem + ENDINGS[Math.floor(random() * ENDINGS.length)]);
  }
  return [...all];
}

/** Mulberry32 (public domain). */
function generator(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
