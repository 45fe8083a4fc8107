import { checkCitations, type SourceText } from "../../src/check/index.js";

const SOURCES: SourceText[] = [
  {
    id: "S1",
    title: "Kelm Valley water report 2021",
    uri: "file:kelm.md",
    text: `The authority supplied 312,000 households in 2021. Losses from leaking pipes came to 18 per cent of the water put into the network. The programme of pipe renewal replaced 96 kilometres of main, against a plan of 120.

The drought order of July was not renewed in September. Hosepipes were banned for seven weeks, from 12 July to 30 August. Complaints fell from 4,210 to 3,160.

The plant delivered 1,894 GWh in 2019. Its manager had worked there since 1998. A boil notice issued in Dunmere on 3 October 2021 was lifted two days later. The authority has no plans to privatise its laboratory. Leaks in 33 of the 48 districts were repaired.`,
  },
  {
    id: "S2",
    title: "Larkfield trial",
    uri: "file:larkfield.md",
    text: `The unions had opposed the trial, fearing that pay would later be cut. Overtime was the chief worry of the council, but it did not occur. Stress declined. Response times to letters did not change.

The council voted 21 to 18 against making the short week permanent. The authors caution that the results may not hold for private firms. Schools were not closed. The trip takes 34 minutes, compared with 51 by the old bus.`,
  },
];

const verdictOf = (claim: string, id: string) => checkCitations(`${claim} [${id}].`, SOURCES).sentences[0];

it.each([
  // What the figures of a sentence come to.
  ["S1", "The authority renewed four fifths of the length of main that it had planned"],
  ["S1", "The number of complaints dropped by a quarter"],
  ["S1", "Leaks in seven in ten districts were repaired"],
  ["S2", "Compared with the old bus the trip is 17 minutes shorter"],
  // Other units, and spans of time.
  ["S1", "In 2019 the plant delivered about 1.9 terawatt-hours"],
  ["S1", "The manager of the plant that delivered 1,894 GWh in 2019 had worked there for about two decades"],
  ["S1", "The boil notice in Dunmere was lifted on 5 October"],
  ["S1", "Hosepipes were banned in the summer of 2021"],
  // A denial in other words.
  ["S1", "The authority does not intend to privatise its laboratory"],
  ["S2", "Schools stayed open"],
  ["S2", "The unions were against the trial because they feared that pay would be cut later"],
])("%s says that %s", (id, claim) => {
  const sentence = verdictOf(claim, id);
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe("supported");
});

it.each([
  ["S1", "The drought order was renewed in September", /denies/],
  ["S1", "The authority is going to privatise its laboratory", /denies/],
  ["S1", "Complaints rose in 2021", /“rose” where the source says “fell”/],
  ["S1", "Hosepipes were banned in the spring of 2021", /spring of 2021/],
  ["S1", "The boil notice in Dunmere was lifted on 9 October", /9 October/],
  ["S1", "Leaks in five of the 48 districts were repaired", /five/],
  ["S2", "The unions supported the trial", /only what is not so|denies|where the source says/],
  ["S2", "Overtime was the chief worry of the council, and it occurred", /denies|not/],
  ["S2", "The council voted to make the short week permanent", /denies/],
  ["S2", "The authors hold that the results apply to private firms", /denies/],
  ["S2", "Stress increased", /“increased” where the source says “declined”/],
])("%s does not say that %s", (id, claim, why) => {
  const sentence = verdictOf(claim, id);
  expect(sentence?.verdict).not.toBe("supported");
  expect(
    sentence?.checks
      .filter((check) => !check.passed)
      .map((check) => check.detail)
      .join(" "),
  ).toMatch(why);
});
