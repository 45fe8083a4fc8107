import { checkCitations, type SourceText } from "../../src/check/index.js";

const SOURCES: SourceText[] = [
  {
    id: "S1",
    title: "Orrin ferry company: report for the second quarter of 2023",
    uri: "file:orrin.md",
    text: `In the second quarter of 2023 the company carried 61,400 passengers, against 58,000 in the same quarter of 2022. One passenger in eight travelled with a car. In the winter the boat sails on Mondays, Wednesdays and Saturdays.

A cabin costs 90 crowns for an adult and half of that for a student. The crew works at three quarters of the pay of the mainland. Of the 2,140 lifejackets that were inspected, 2,033 passed.

The company has 18 piers. It will add four piers in 2024.

The stokers worked 58 hours a week. They went on strike in May. The week was then cut to 52 hours. The harbour wall was damaged in November 1921 and repaired the following spring.`,
  },
  {
    id: "S2",
    title: "Birds of Teal Island",
    uri: "file:teal.md",
    text: `The colony at the lighthouse has about 1,300 pairs of kittiwakes. The warden cleans 12 nest boxes a day. India sends no ringers to the island. The guarantee on the telescope lasts for two years, or six if it is registered. The prize came to 400 crowns, with a further 150 for the photograph.

The boat to the island was taken by 1,260 guests at 25 euros each. Climb the 180 steps to the lamp. The light was first lit on 4 May 1902. It remained in use until 1971. Admission is 7 euros, free for children. The lens was a gift of Britain.`,
  },
];

const verdictOf = (claim: string, id: string) => checkCitations(`${claim} [${id}].`, SOURCES).sentences[0];

it.each([
  ["S1", "About 12 per cent of the passengers travelled with a car"],
  ["S1", "In the winter the boat sails on three days of the week"],
  ["S1", "Students pay 45 crowns for a cabin"],
  ["S1", "The pay of the crew is a quarter less than on the mainland"],
  ["S1", "Of the lifejackets that were inspected 107 failed"],
  ["S1", "With the new ones the company will have 22 piers in 2024"],
  ["S1", "The strike took six hours off the week that the stokers worked"],
  ["S1", "The harbour wall, damaged in late 1921, was repaired in the spring of 1922"],
  ["S1", "In the second quarter of 2022 the company carried 58,000 passengers"],
  ["S2", "Some 2,600 kittiwakes live at the lighthouse"],
  ["S2", "Registering the telescope extends the guarantee by four years"],
  ["S2", "Including the photograph the prize came to 550 crowns"],
  ["S2", "In a day the warden cleans 12 nest boxes"],
  ["S2", "The guests of the boat paid 31,500 euros in all"],
  ["S2", "Up to the lamp it is 180 steps, and admission is 7 euros"],
  ["S2", "The light was first lit on 4 May 1902 and remained in use until 1971"],
  ["S2", "The lens of the light is a British gift"],
])("%s comes to what is said: %s", (id, claim) => {
  const sentence = verdictOf(claim, id);
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe("supported");
});

it.each([
  ["S1", "About 18 per cent of the passengers travelled with a car"],
  ["S1", "In the winter the boat sails on five days of the week"],
  ["S1", "Students pay 60 crowns for a cabin"],
  ["S1", "The pay of the crew is a third less than on the mainland"],
  ["S1", "Of the lifejackets that were inspected 147 failed"],
  ["S1", "With the new ones the company will have 26 piers in 2024"],
  ["S1", "The strike took nine hours off the week that the stokers worked"],
  ["S1", "The harbour wall, damaged in late 1921, was repaired in the spring of 1924"],
  ["S1", "In the third quarter of 2022 the company carried 58,000 passengers"],
  ["S2", "Some 3,900 kittiwakes live at the lighthouse"],
  ["S2", "Registering the telescope extends the guarantee by five years"],
  ["S2", "Including the photograph the prize came to 650 crowns"],
])("%s does not come to what is said: %s", (id, claim) => {
  const sentence = verdictOf(claim, id);
  expect(sentence?.verdict).not.toBe("supported");
  expect(sentence?.checks.some(({ kind, passed }) => !passed && (kind === "number" || kind === "date"))).toBe(true);
});

const NIGHT: SourceText[] = [
  {
    id: "S1",
    title: "The fire at the Brackwater mill",
    uri: "file:brackwater.md",
    text: `The alarm was raised at 22:15. Eight engines were sent from Brackwater. The flames were out at 05:30 the next morning.

The mill was put up between 1868 and 1871. It employed at least 140 spinners. From 9 May to 30 June 1921 it stood idle. The council voted by nine to four for a new roof.

Wardens came to the meeting: six at once, five more after supper. Thirty-one per cent of the looms were lost. Dust in the air was 62 micrograms, compared with 41 micrograms before, at 18 places. One in five of the sheds had no sprinklers. The owner Lund sold his share in 1923. A museum was opened there in 1988. The share of women among the hands is 34 per cent, down from 41 per cent.`,
  },
];

it.each([
  ["It took over seven hours until the flames were out", "supported"],
  ["The council voted for a new roof by a margin of five votes", "supported"],
  ["The mill employed 140 spinners or more", "supported"],
  ["The mill was put up in the late 1860s and early 1870s", "supported"],
  ["The mill stood idle from 9 May 1921 to the end of June", "supported"],
  ["In all eleven wardens came to the meeting", "supported"],
  ["Nearly a third of the looms were lost", "supported"],
  ["The share of women among the hands fell by seven percentage points to 34 per cent", "supported"],
  ["It took over eleven hours until the flames were out", "not_found"],
  ["The mill was put up in the 1880s", "contradicted"],
  ["The mill stood idle from May 1920 to June", "contradicted"],
  ["One in three of the sheds had no sprinklers", "contradicted"],
  ["Dust in the air was up by two thirds", "not_found"],
  ["Lund, the owner, sold his share in 1988", "contradicted"],
])("%s: %s", (claim, verdict) => {
  const sentence = checkCitations(`${claim} [S1].`, NIGHT).sentences[0];
  expect(sentence?.verdict, JSON.stringify(sentence?.checks)).toBe(verdict);
});
