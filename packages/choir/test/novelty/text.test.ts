import { recurrenceOf } from "../../src/novelty/coherence.js";
import { languageOf } from "../../src/novelty/languages.js";
import { ownProse } from "../../src/novelty/own-prose.js";
import { tokensOf } from "../../src/novelty/tokens.js";
import { chunkMarkdown } from "../../src/text/chunk.js";
import { undisguised } from "../../src/text/disguise.js";
import { visibleMarkdown } from "../../src/text/visible.js";
import { library, Writing } from "../support/writing.js";

const wordsOf = (text: string) => tokensOf(text).map(({ word }) => word);

describe("visibleMarkdown", () => {
  it.each([
    ["a comment of several lines", "A\n\n<!-- hidden\n\n# hidden\n\n```\nhidden -->\n\nB", "A B"],
    ["a comment that never ends", "A\n\n<!-- hidden\n\nhidden", "A"],
    ["a comment within a paragraph", "A <!-- hidden\nhidden --> B", "A B"],
    ["front matter", "---\ntitle: hidden\n---\n\nA", "A"],
  ])("blanks %s", (_name, markdown, visible) => {
    const blank = visibleMarkdown(markdown);
    expect(blank.trim().split(/\s+/).join(" ")).toBe(visible);
    expect(blank).toHaveLength(markdown.length);
  });

  it.each([
    ["code", "```\n<!-- shown\n```\n\nA"],
    ["what stands between backticks", "The mark `<!--` opens a comment.\n\nIt ends with `-->`."],
    ["a comment that is not closed in its paragraph", "A <!-- shown\n\nshown --> B"],
    ["a rule", "A\n\n---\n\nB\n\n---\n"],
  ])("leaves %s", (_name, markdown) => {
    expect(visibleMarkdown(markdown)).toBe(markdown);
  });

  it("takes a megabyte of opened comments in time linear in its length", () => {
    const started = performance.now();
    visibleMarkdown("a <!-- b ".repeat(120_000));
    visibleMarkdown("a <!-- b\n".repeat(120_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("decides what passages are made of", () => {
    const text = chunkMarkdown("# T\n\nShown.\n\n<!--\n# Hidden\n\nHidden.\n-->\n\nShown too.").map(
      (chunk) => chunk.text,
    );
    expect(text.join(" ")).toBe("Shown.\n\nShown too.");
  });
});

describe("ownProse", () => {
  it("leaves out code, quotations, addresses, images and tags, and keeps offsets", () => {
    const markdown = [
      'Mine, as Ada says, "that the moon pulls the sea to itself" and no "spring tide" is alike.',
      "„Dass der Mond das Meer zu sich zieht“, schreibt sie.",
      "> quoted block",
      "```\ncode block\n```",
      "A [link](https://example.org/path \"hidden words\") and ![picture words](a.png) <b title='tag words'>bold</b> https://example.org/more",
    ].join("\n\n");
    const own = ownProse(markdown);
    expect(own).toHaveLength(markdown.length);
    expect(wordsOf(own).join(" ")).toBe("mine as ada says and no spring tide is alike schreibt sie a link and bold");
    const token = tokensOf(own).find(({ word }) => word === "bold");
    expect(markdown.slice(token?.start, token?.end)).toBe("bold");
  });

  it("takes hostile text in time linear in its length", () => {
    const started = performance.now();
    for (const piece of ["[", "![a](", "<a ", '"a ', "“", "„a“ «", "http://"]) ownProse(piece.repeat(60_000));
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});

describe("words as they are compared", () => {
  it.each([
    ["Cyrillic letters among Latin ones", "Тhе mооn рulls thе sеа", "the moon pulls the sea"],
    ["words of nothing but look-alikes", "the pull of the moon а осе хосе", "the pull of the moon a oce xoce"],
    ["Greek letters", "the mοοn αnd νice", "the moon and vice"],
    ["zero-width characters", "mo\u200Bon pu\u00ADlls the\u2060 sea\uFEFF", "moon pulls the sea"],
    ["full width and mathematical letters", "ｍｏｏｎ 𝐦𝐨𝐨𝐧", "moon moon"],
    ["accents", "mòón", "moon"],
  ])("sees through %s", (name, disguised, plain) => {
    expect(wordsOf(disguised).join(" ")).toBe(plain);
    if (name !== "accents") expect(undisguised(disguised).toLowerCase()).toBe(plain);
  });

  it("leaves other scripts what they are", () => {
    for (const text of ["Вода и рост на море, с ним", "Το νερό και η θάλασσα", "می‌خواهم", "हिन्दी में"]) {
      expect(undisguised(text).replace(/\u200C/g, "")).toBe(text.replace(/\u200C/g, ""));
    }
  });
});

describe("languageOf", () => {
  it.each([
    ["en", "The tide is the rise of the sea that is caused by the pull of the moon and, to a lesser degree, the sun."],
    ["de", "Die Flut ist der Anstieg des Meeres, der durch die Anziehung des Mondes und der Sonne verursacht wird."],
    ["fr", "La marée est la montée de la mer qui est causée par l'attraction de la lune et du soleil sur les eaux."],
    ["ru", "Прилив это подъём воды, который вызван притяжением луны и солнца, и он бывает два раза в день."],
    ["ja", "潮汐は、月と太陽の引力によって起こる海面の昇降現象である。"],
    ["zh", "潮汐是由于月球和太阳的引力作用而产生的海水周期性涨落现象。"],
    ["und", "xqzv wkpf jjrt bvlm qqpd zzkt wvxn ghjk lmnb vcxz qwrt plkm zxcv mnbv qazx wsdc rfvt gbyh"],
  ])("tells %s", (language, text) => {
    expect(languageOf(wordsOf(text))).toBe(language);
  });
});

describe("recurrenceOf", () => {
  it("tells words in order from the same words in none, without a corpus", () => {
    const words = library(5)
      .slice(0, 4)
      .flatMap(({ markdown }) => wordsOf(markdown));
    const random = new Writing(6);
    const shuffled = words.map((word) => ({ word, at: random.next() })).sort((a, b) => a.at - b.at);
    expect(recurrenceOf(words)).toBeGreaterThan(0.05);
    expect(recurrenceOf(shuffled.map(({ word }) => word))).toBeLessThan(0.02);
    expect(recurrenceOf([])).toBe(0);
  });
});
