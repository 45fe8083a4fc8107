import { Bibliography } from "../../src/report/bibliography.js";
import type { CslItem } from "../../src/report/csl.js";
import { type CitationStyleName, citationStyle } from "../../src/report/styles/index.js";

const date = (...parts: number[]) => ({ "date-parts": [parts] as [number[]] });

/** What a reader sees: without escapes, with addresses plain; italics stay marked. */
function seen(markdown: string | undefined): string {
  return (markdown ?? "")
    .replace(/\\([\\`*_{}[\]<>#()!|~&^.])/g, "$1")
    .replace(/<(https?:[^>]+)>/g, "$1")
    .replaceAll("\u2060", "");
}

function listed(style: CitationStyleName, ...items: CslItem[]): string[] {
  return new Bibliography(citationStyle(style), items).list().map(seen);
}

function cited(style: CitationStyleName, items: CslItem[], ids = items.map(({ id }) => id)): string {
  return seen(new Bibliography(citationStyle(style), items).cite(ids));
}

/** Published with the manuals: each with the page that has the reference as it is expected here. */
const grady: CslItem = {
  id: "S1",
  type: "article-journal",
  title:
    "Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the United States",
  author: [
    { family: "Grady", given: "Jessica S." },
    { family: "Her", given: "May" },
    { family: "Moreno", given: "Geena" },
    { family: "Perez", given: "Claudia" },
    { family: "Yelinek", given: "Jacob" },
  ],
  issued: date(2019),
  "container-title": "Psychology of Popular Media Culture",
  volume: "8",
  issue: "3",
  page: "207-217",
  DOI: "10.1037/ppm0000185",
};
const jackson: CslItem = {
  id: "S2",
  type: "book",
  title: "The psychology of prejudice: From attitudes to social action",
  author: [{ family: "Jackson", given: "Lynne M." }],
  issued: date(2019),
  edition: "2",
  publisher: "American Psychological Association",
  DOI: "10.1037/0000168-000",
};
const cancer: CslItem = {
  id: "S3",
  type: "report",
  title: "Taking time: Support for people with cancer",
  author: [{ literal: "National Cancer Institute" }],
  issued: date(2018),
  number: "NIH Publication No. 18-2059",
  publisher: "U.S. Department of Health and Human Services, National Institutes of Health",
  URL: "https://www.cancer.gov/publications/patient-education/takingtime.pdf",
};
const textbooks: CslItem = {
  id: "S4",
  type: "dataset",
  title: "Content analysis of undergraduate psychology textbooks",
  author: [{ family: "O’Donohue", given: "William" }],
  issued: date(2017),
  number: "ICPSR 21600",
  version: "V1",
  publisher: "Inter-university Consortium for Political and Social Research",
  DOI: "10.3886/ICPSR36966.v1",
};
const naps: CslItem = {
  id: "S5",
  type: "webpage",
  title: "Daytime naps once or twice a week may be linked to a healthy heart, researchers say",
  author: [{ family: "Woodyatt", given: "Amy" }],
  issued: date(2019, 9, 10),
  "container-title": "CNN",
  URL: "https://www.cnn.com/2019/09/10/health/nap-heart-health-wellness-intl-scli/index.html",
};
const clock: CslItem = {
  id: "S6",
  type: "webpage",
  title: "U.S. and world population clock",
  author: [{ literal: "U.S. Census Bureau" }],
  publisher: "U.S. Department of Commerce",
  accessed: date(2020, 1, 9),
  URL: "https://www.census.gov/popclock/",
};
const causes: CslItem = {
  id: "S7",
  type: "webpage",
  title: "The top 10 causes of death",
  author: [{ literal: "World Health Organization" }],
  "container-title": "World Health Organization",
  issued: date(2018, 5, 24),
  URL: "https://www.who.int/news-room/fact-sheets/detail/the-top-10-causes-of-death",
};

test("APA 7: the examples of apastyle.apa.org, each kind of work", () => {
  // apastyle.apa.org/style-grammar-guidelines/references/examples: journal article, book, report, data set, webpages.
  expect([grady, jackson, cancer, textbooks, naps, clock, causes].map((item) => listed("apa", item)[0])).toEqual([
    "Grady, J. S., Her, M., Moreno, G., Perez, C., & Yelinek, J. (2019). Emotions in storybooks: A comparison of storybooks that represent ethnic and racial groups in the United States. *Psychology of Popular Media Culture*, *8*(3), 207–217. https://doi.org/10.1037/ppm0000185",
    "Jackson, L. M. (2019). *The psychology of prejudice: From attitudes to social action* (2nd ed.). American Psychological Association. https://doi.org/10.1037/0000168-000",
    "National Cancer Institute. (2018). *Taking time: Support for people with cancer* (NIH Publication No. 18-2059). U.S. Department of Health and Human Services, National Institutes of Health. https://www.cancer.gov/publications/patient-education/takingtime.pdf",
    "O’Donohue, W. (2017). *Content analysis of undergraduate psychology textbooks* (ICPSR 21600; Version V1) [Data set]. Inter-university Consortium for Political and Social Research. https://doi.org/10.3886/ICPSR36966.v1",
    "Woodyatt, A. (2019, September 10). *Daytime naps once or twice a week may be linked to a healthy heart, researchers say*. CNN. https://www.cnn.com/2019/09/10/health/nap-heart-health-wellness-intl-scli/index.html",
    "U.S. Census Bureau. (n.d.). *U.S. and world population clock*. U.S. Department of Commerce. Retrieved January 9, 2020, from https://www.census.gov/popclock/",
    "World Health Organization. (2018, May 24). *The top 10 causes of death*. https://www.who.int/news-room/fact-sheets/detail/the-top-10-causes-of-death",
  ]);
  // Sections 8.11, 8.17 and 8.12: three authors and more are et al., works in one parenthesis stand as in the list.
  expect(cited("apa", [naps, grady, jackson, clock])).toBe(
    "(Grady et al., 2019; Jackson, 2019; U.S. Census Bureau, n.d.; Woodyatt, 2019)",
  );
});

const kwon: CslItem = {
  id: "S1",
  type: "article-journal",
  title: "Inclusion Work: Children of Immigrants Claiming Membership in Everyday Life",
  author: [{ family: "Kwon", given: "Hyeyoung" }],
  issued: date(2022),
  "container-title": "American Journal of Sociology",
  volume: "127",
  issue: "6",
  page: "1818-59",
  DOI: "10.1086/720277",
};
const yu: CslItem = {
  id: "S2",
  type: "book",
  title: "Interior Chinatown",
  author: [{ family: "Yu", given: "Charles" }],
  issued: date(2020),
  publisher: "Pantheon Books",
};
const yale: CslItem = {
  id: "S3",
  type: "webpage",
  title: "About Yale: Yale Facts",
  author: [{ literal: "Yale University" }],
  accessed: date(2022, 3, 8),
  URL: "https://www.yale.edu/about-yale/yale-facts",
};

test("Chicago 18: the examples of the Citation Quick Guide, in both systems", () => {
  // chicagomanualofstyle.org/tools_citationguide: book, journal article, website content.
  expect(listed("chicago-author-date", kwon, yu, yale)).toEqual([
    "Kwon, Hyeyoung. 2022. “Inclusion Work: Children of Immigrants Claiming Membership in Everyday Life.” *American Journal of Sociology* 127 (6): 1818–59. https://doi.org/10.1086/720277",
    "Yale University. n.d. “About Yale: Yale Facts.” Accessed March 8, 2022. https://www.yale.edu/about-yale/yale-facts",
    "Yu, Charles. 2020. *Interior Chinatown*. Pantheon Books.",
  ]);
  expect(cited("chicago-author-date", [kwon, yu, yale])).toBe("(Kwon 2022; Yale University, n.d.; Yu 2020)");
  expect(listed("chicago-notes", kwon, yu, yale)).toEqual([
    "Kwon, Hyeyoung. “Inclusion Work: Children of Immigrants Claiming Membership in Everyday Life.” *American Journal of Sociology* 127, no. 6 (2022): 1818–59. https://doi.org/10.1086/720277",
    "Yale University. “About Yale: Yale Facts.” Accessed March 8, 2022. https://www.yale.edu/about-yale/yale-facts",
    "Yu, Charles. *Interior Chinatown*. Pantheon Books, 2020.",
  ]);
  const notes = new Bibliography(citationStyle("chicago-notes"), [kwon, yu, yale]);
  expect(["S2", "S1", "S3", "S2", "S1"].map((id) => seen(notes.cite([id])))).toEqual([
    "Charles Yu, *Interior Chinatown* (Pantheon Books, 2020).",
    "Hyeyoung Kwon, “Inclusion Work: Children of Immigrants Claiming Membership in Everyday Life,” *American Journal of Sociology* 127, no. 6 (2022): 1818–59, https://doi.org/10.1086/720277.",
    "Yale University, “About Yale: Yale Facts,” accessed March 8, 2022, https://www.yale.edu/about-yale/yale-facts.",
    "Yu, *Interior Chinatown*.",
    "Kwon, “Inclusion Work.”",
  ]);
});

test("MLA 9: the examples of style.mla.org and the MLA Handbook", () => {
  // MLA Handbook, 9th ed., appendix 2: a journal article, an article on a website, books of one, two and more authors.
  const baron: CslItem = {
    id: "S1",
    type: "article-journal",
    title: "Redefining Reading: The Impact of Digital Communication Media",
    author: [{ family: "Baron", given: "Naomi S." }],
    issued: date(2013, 1),
    "container-title": "PMLA",
    volume: "128",
    issue: "1",
    page: "193-200",
  };
  const death: CslItem = {
    id: "S2",
    type: "webpage",
    title: "The Death of the Artist—and the Birth of the Creative Entrepreneur",
    author: [{ family: "Deresiewicz", given: "William" }],
    issued: date(2014, 12, 28),
    "container-title": "The Atlantic",
    URL: "https://www.theatlantic.com/magazine/archive/2015/01/the-death-of-the-artist-and-the-birth-of-the-creative-entrepreneur/383497/",
  };
  const crown: CslItem = {
    id: "S3",
    type: "book",
    title: "The Crown of Columbus",
    author: [
      { family: "Dorris", given: "Michael" },
      { family: "Erdrich", given: "Louise" },
    ],
    issued: date(1999),
    publisher: "HarperCollins Publishers",
  };
  const burdick: CslItem = {
    id: "S4",
    type: "book",
    title: "Digital_Humanities",
    author: [{ family: "Burdick", given: "Anne" }, { family: "Drucker" }, { family: "Lunenfeld" }],
    issued: date(2012),
    publisher: "MIT P",
  };
  expect(listed("mla", baron, death, crown, burdick)).toEqual([
    "Baron, Naomi S. “Redefining Reading: The Impact of Digital Communication Media.” *PMLA*, vol. 128, no. 1, Jan. 2013, pp. 193–200.",
    "Burdick, Anne, et al. *Digital_Humanities*. MIT P, 2012.",
    "Deresiewicz, William. “The Death of the Artist—and the Birth of the Creative Entrepreneur.” *The Atlantic*, 28 Dec. 2014, https://www.theatlantic.com/magazine/archive/2015/01/the-death-of-the-artist-and-the-birth-of-the-creative-entrepreneur/383497/",
    "Dorris, Michael, and Louise Erdrich. *The Crown of Columbus*. HarperCollins Publishers, 1999.",
  ]);
  expect(cited("mla", [baron, death, crown, burdick])).toBe("(Baron; Burdick et al.; Deresiewicz; Dorris and Erdrich)");
});

test("IEEE: the examples of the IEEE Reference Guide", () => {
  // IEEE Reference Guide (IEEE Publishing Operations), section II: periodical, book, conference, report, website; data sets.
  const risk: CslItem = {
    id: "S1",
    type: "article-journal",
    title: "Fiber-optic frequency shifter using a surface acoustic wave incident at an oblique angle",
    author: [
      { family: "Risk", given: "William P." },
      { family: "Kino", given: "Gordon S." },
      { family: "Shaw", given: "Herbert J." },
    ],
    issued: date(1986, 2),
    "container-title": "Opt. Lett.",
    volume: "11",
    issue: "2",
    page: "115-117",
  };
  const robot: CslItem = {
    id: "S2",
    type: "book",
    title: "Robot Vision",
    author: [
      { family: "Klaus", given: "B." },
      { family: "Horn", given: "P." },
    ],
    issued: date(1986),
    publisher: "MIT Press",
    "publisher-place": "Cambridge, MA, USA",
  };
  const antenna: CslItem = {
    id: "S3",
    type: "paper-conference",
    title: "Analysis of a CPW-fed annular slot ring antenna using DOE",
    author: [
      { family: "Amador-Perez", given: "A." },
      { family: "Rodriguez-Solis", given: "R. A." },
    ],
    issued: date(2006, 7),
    "container-title": "Proc. IEEE Antennas Propag. Soc. Int. Symp.",
    page: "4301-4304",
  };
  const oxygen: CslItem = {
    id: "S4",
    type: "report",
    title: "Oxygen absorption in the earth’s atmosphere",
    author: [
      { family: "Reber", given: "E. E." },
      { family: "Michell", given: "R. L." },
      { family: "Carter", given: "C. J." },
    ],
    issued: date(1988, 11),
    publisher: "Aerospace Corp.",
    "publisher-place": "Los Angeles, CA, USA",
    number: "Tech. Rep. TR-0200 (4230-46)-3",
  };
  const obama: CslItem = {
    id: "S5",
    type: "webpage",
    title: "Obama inaugurated as President",
    author: [{ family: "Smith", given: "J." }],
    "container-title": "CNN.com",
    accessed: date(2009, 2, 1),
    URL: "http://www.cnn.com/POLITICS/01/21/obama_inaugurated/index.html",
  };
  expect(listed("ieee", risk, robot, antenna, oxygen, obama)).toEqual([
    "[1] W. P. Risk, G. S. Kino, and H. J. Shaw, “Fiber-optic frequency shifter using a surface acoustic wave incident at an oblique angle,” *Opt. Lett.*, vol. 11, no. 2, pp. 115–117, Feb. 1986.",
    "[2] B. Klaus and P. Horn, *Robot Vision*. Cambridge, MA, USA: MIT Press, 1986.",
    "[3] A. Amador-Perez and R. A. Rodriguez-Solis, “Analysis of a CPW-fed annular slot ring antenna using DOE,” in *Proc. IEEE Antennas Propag. Soc. Int. Symp.*, Jul. 2006, pp. 4301–4304.",
    "[4] E. E. Reber, R. L. Michell, and C. J. Carter, “Oxygen absorption in the earth’s atmosphere,” Aerospace Corp., Los Angeles, CA, USA, Tech. Rep. TR-0200 (4230-46)-3, Nov. 1988.",
    "[5] J. Smith. “Obama inaugurated as President.” CNN.com. Accessed: Feb. 1, 2009. [Online]. Available: http://www.cnn.com/POLITICS/01/21/obama_inaugurated/index.html",
  ]);
  expect(cited("ieee", [risk, robot, antenna], ["S3", "S1"])).toBe("[1], [3]");
});

test("ACM: the examples of acm.org/publications/authors/reference-formatting", () => {
  const abril: CslItem = {
    id: "S1",
    type: "article-journal",
    title: "The patent holder’s dilemma: Buy, sell, or troll?",
    author: [
      { family: "Abril", given: "Patricia S." },
      { family: "Plant", given: "Robert" },
    ],
    issued: date(2007, 1),
    "container-title": "Commun. ACM",
    volume: "50",
    issue: "1",
    page: "36-44",
    DOI: "10.1145/1188913.1188915",
  };
  const kosiur: CslItem = {
    id: "S2",
    type: "book",
    title: "Understanding Policy-Based Networking",
    author: [{ family: "Kosiur", given: "David" }],
    issued: date(2001),
    edition: "2",
    publisher: "Wiley",
    "publisher-place": "New York, NY",
  };
  const andler: CslItem = {
    id: "S3",
    type: "paper-conference",
    title: "Predicate path expressions",
    author: [{ family: "Andler", given: "Sten" }],
    issued: date(1979),
    "container-title":
      "Proceedings of the 6th. ACM SIGACT-SIGPLAN Symposium on Principles of Programming Languages (POPL '79)",
    event: "January 29 - 31, 1979, San Antonio, Texas",
    publisher: "ACM Inc.",
    "publisher-place": "New York, NY",
    page: "226-236",
    DOI: "10.1145/567752.567774",
  };
  const bayes: CslItem = {
    id: "S4",
    type: "webpage",
    title: "Introduction to Bayesian Statistics",
    author: [{ family: "Thornburg", given: "Harry" }],
    issued: date(2001, 3),
    accessed: date(2005, 3, 2),
    URL: "http://ccrma.stanford.edu/~jos/bayes/bayes.html",
  };
  expect(listed("acm", bayes, abril, kosiur, andler)).toEqual([
    "[1] Patricia S. Abril and Robert Plant. 2007. The patent holder’s dilemma: Buy, sell, or troll? *Commun. ACM* 50, 1 (Jan. 2007), 36–44. https://doi.org/10.1145/1188913.1188915",
    "[2] Sten Andler. 1979. Predicate path expressions. In *Proceedings of the 6th. ACM SIGACT-SIGPLAN Symposium on Principles of Programming Languages (POPL '79)*, January 29 - 31, 1979, San Antonio, Texas. ACM Inc., New York, NY, 226–236. https://doi.org/10.1145/567752.567774",
    "[3] David Kosiur. 2001. *Understanding Policy-Based Networking* (2nd. ed.). Wiley, New York, NY.",
    "[4] Harry Thornburg. 2001. Introduction to Bayesian Statistics. (March 2001). Retrieved March 2, 2005 from http://ccrma.stanford.edu/~jos/bayes/bayes.html",
  ]);
  expect(cited("acm", [bayes, abril, kosiur], ["S4", "S1"])).toBe("[1, 3]");
});

test("the same author twice in a year, namesakes, and names cut to the same first one are told apart", () => {
  const smith = (id: string, given: string, title: string, ...others: string[]): CslItem => ({
    id,
    type: "book",
    title,
    author: [{ family: "Smith", given }, ...others.map((family) => ({ family, given: "A." }))],
    issued: date(2020),
  });
  const items = [smith("S1", "Jane", "Beta"), smith("S2", "Jane", "Alpha"), smith("S3", "Karl", "Gamma")];
  expect(cited("apa", items)).toBe("(J. Smith, 2020a; J. Smith, 2020b; K. Smith, 2020)");
  expect(listed("apa", ...items)[0]).toMatch(/^Smith, J\. \(2020a\)\. \*Alpha\*/);
  const kin = [smith("S1", "J.", "One", "Lee", "Kim"), smith("S2", "J.", "Two", "Ho", "Kim")];
  expect(cited("apa", kin, ["S1"])).toBe("(Smith, Lee et al., 2020)");
  expect(
    cited(
      "mla",
      [items[0], items[1]].filter((item) => item !== undefined),
    ),
  ).toBe("(Smith, *Alpha*; Smith, *Beta*)");
});

test("without author, date and title, as each manual has it; 21 authors in APA; 7 in Chicago and IEEE", () => {
  const bare: CslItem = { id: "S1", type: "webpage", accessed: date(2026, 11, 22), URL: "https://a.example/x" };
  expect(listed("apa", bare)).toEqual(["[Untitled]. (n.d.). Retrieved November 22, 2026, from https://a.example/x"]);
  expect(listed("mla", bare)).toEqual(["Untitled. https://a.example/x Accessed 22 Nov. 2026."]);
  expect(listed("chicago-notes", bare)).toEqual(["“Untitled.” Accessed November 22, 2026. https://a.example/x"]);
  expect(listed("acm", bare)).toEqual(["[1] Untitled. [n. d.]. Retrieved November 22, 2026 from https://a.example/x"]);
  const titled = { ...bare, title: "How the Range Moves: A Note" };
  expect(cited("apa", [titled])).toBe("(*How the Range Moves*, n.d.)");
  expect(cited("mla", [titled])).toBe("(“How the Range Moves”)");
  const many = (n: number): CslItem => ({
    ...jackson,
    author: Array.from({ length: n }, (_, i) => ({ family: `Name${String.fromCharCode(65 + i)}`, given: "Ada" })),
  });
  const [apa = ""] = listed("apa", many(21));
  expect(apa).toContain("NameS, A., . . . NameU, A. (2019)");
  expect(apa).not.toContain("NameT");
  expect(listed("apa", many(20))[0]).toContain("NameS, A., & NameT, A. (2019)");
  expect(listed("chicago-notes", many(7))[0]).toMatch(/^NameA, Ada, Ada NameB, Ada NameC, et al\. \*/);
  expect(listed("ieee", many(7))[0]).toMatch(/^\[1\] A\. NameA et al\., \*/);
});
