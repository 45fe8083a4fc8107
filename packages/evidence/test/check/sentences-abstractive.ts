/** Invented sources and sentences that say in other words what they say: the set the check was developed on. */
export const SOURCES = [
  {
    id: "S1",
    title: "Norvik Energy: results for the third quarter of 2025",
    uri: "https://norvik.example/q3",
    text: `# Norvik Energy: results for the third quarter of 2025

Revenue came to $1.15 billion in the three months to 30 September 2025, against $1.02 billion a year earlier. Net profit fell to $84 million from $112 million, because a fire closed the Halden plant for six weeks.

The operating margin narrowed to 9.55% from 11.2%. The board left the dividend unchanged at 32 cents a share. Net debt stood at $640 million at the end of the quarter, down from $910 million at the end of 2024.

Of 2,400 employees, 1,210 work offshore. The company expects to connect 48 wind turbines by March 2026, twice as many as in the previous season. Chief executive Marta Lindqvist said that "we would rather be late than unsafe". Norvik did not give a forecast for 2026.

The interest rate on its new bond is 75 basis points above that of the old one. About half of its customers are on fixed tariffs, and a third of them are households.`,
  },
  {
    id: "S2",
    title: "School meals trial, Carrow County",
    uri: "https://carrow.example/meals",
    text: `# School meals trial in Carrow County

From September 2022 to June 2024, 38 primary schools offered free lunches to all pupils; 41 schools that did not served as a comparison. The share of pupils absent on an average day dropped from 7.1% to 5.4% in the trial schools and stayed at 7.0% in the others.

Teachers reported fewer quarrels in afternoon lessons. Reading scores were not affected: the difference of 0.3 points was within the margin of error. The programme cost the county £2.9 million a year, about £410 for every pupil, and less than officials had feared.

Parents of 62% of the pupils answered a questionnaire. Nine in ten wanted the lunches to continue. The county council voted 23 to 18 on 11 July 2024 to extend the programme for two years. The opposition had asked for means testing, which the council rejected.

Dr Priya Raman, who led the evaluation at the University of Welland, warned that the schools had volunteered and were not chosen at random.`,
  },
  {
    id: "S3",
    title: "The Tessaly reservoir and the drought",
    uri: "https://water.example/tessaly",
    text: `# The Tessaly reservoir and the drought

The reservoir holds 310 million cubic metres when full. On 1 August 2023 it was 27% full, the lowest level since records began in 1964. Rationing started two weeks later: households could draw 120 litres a person each day, and farms got nothing at all.

Heavy rain in October ended the rationing after 58 days. By the end of the year the reservoir had recovered to two thirds of its capacity.

Engineers blame leaks more than the weather: the network loses 34% of its water, compared with 15% in neighbouring Orsana. The utility plans to replace 900 km of pipes by 2031, at a cost of €1.7 billion, most of it borrowed from the European Investment Bank. Tariffs will therefore rise by 4% a year.

Farmers planted fewer almonds and more olives, which need less water. The fish farm at Kella closed for good.`,
  },
  {
    id: "S4",
    title: "Librarium 4.0 released",
    uri: "https://librarium.example/4",
    text: `# Librarium 4.0 released

Version 4.0 of the open-source catalogue was published on 6 May 2025, fourteen months after 3.0. It no longer runs on Python 2 and requires PostgreSQL 13 or later; MySQL is not supported any more.

Search is faster: the median query takes 40 ms instead of 130 ms on a catalogue of five million records. Memory use, however, increased by a fifth. The release was tested by 19 libraries, among them the National Library of Iskander (NLI), which found a bug that deleted holds; it was fixed before the release.

Two maintainers left the project in 2024. Its funding, a grant of $750,000 from the Open Shelves Foundation, ends in December 2026. The licence remains GPL 3. Anna Kovač, the lead maintainer, wrote that "without new funding there will be no version 5".`,
  },
  {
    id: "S5",
    title: "Measles in the Varo valley, winter 2023/24",
    uri: "https://health.example/varo",
    text: `# Measles in the Varo valley

Between 4 December 2023 and 18 February 2024, 143 cases of measles were confirmed in the valley, 96 of them in children under ten. Nobody died; 21 patients were admitted to hospital and three of them needed intensive care.

Of the patients, 118 had never been vaccinated and 14 had had a single dose. The vaccination rate had declined from 94% in 2015 to 81% in 2022, below the 95% that is needed to stop the disease. The outbreak began at a wedding in the village of Sant'Elia, which a guest from abroad had attended while infectious.

The health authority opened four walk-in clinics and gave 6,200 doses within five weeks. It did not close schools. Costs amounted to €1.3 million, not counting lost working days.`,
  },
];

export const GOOD = [
  "Norvik's sales for the quarter were about $1.2bn, up from roughly $1.0bn a year before [S1].",
  "Norvik Energy took in 1,150 million dollars in the third quarter [S1].",
  "Quarterly earnings dropped by a quarter to $84 million after the Halden plant was shut for a month and a half by a fire [S1].",
  "Operating margin shrank to roughly 9.6% [S1].",
  "Shareholders will get the same dividend as before, 32 cents per share [S1].",
  "Since the end of 2024 Norvik has cut its net debt by $270 million [S1].",
  "Slightly more than half of the workforce is employed offshore [S1].",
  "The firm aims to hook up 48 turbines by next March, double the number of the season before [S1].",
  "No outlook for 2026 was provided [S1].",
  "The new bond costs Norvik three quarters of a percentage point more than its predecessor [S1].",
  'Lindqvist, who runs the company, said "we would rather be late than unsafe" [S1].',
  "Roughly 50% of Norvik's customers have a fixed tariff [S1].",
  "Free school lunches in Carrow reduced daily absence by 1.7 percentage points, to 5.4% [S2].",
  "In the comparison schools absence hardly changed [S2].",
  "The meals had no measurable effect on how well children read [S2].",
  "The lunches cost almost £3 million a year, or some £410 per child [S2].",
  "Ninety percent of the parents who replied were in favour of keeping the scheme [S2].",
  "By 23 votes to 18, councillors prolonged the scheme by two years in July 2024 [S2].",
  "A proposal to restrict the meals to poorer families was turned down [S2].",
  "Since participating schools put themselves forward, the trial was not randomised, its lead evaluator cautioned [S2].",
  "The trial lasted just under two years and involved 38 schools [S2].",
  "At the beginning of August 2023 Tessaly was little more than a quarter full, a record low [S3].",
  "Rationing, which limited each person to 120 litres a day, lasted for about two months [S3].",
  "Agriculture received no water while rationing was in force [S3].",
  "By December 2023 the reservoir was about 67% full again [S3].",
  "A third of the water is lost through leaks, more than twice the share lost in Orsana [S3].",
  "Replacing 900 kilometres of pipes is to cost €1.7bn and to be finished by 2031 [S3].",
  "Growers have shifted from almonds to olives because these consume less water [S3].",
  "Water bills are going to increase by 4% annually [S3].",
  "Librarium 4.0 came out in May 2025, more than a year after its predecessor [S4].",
  "Support for MySQL has been dropped [S4].",
  "A typical search now takes less than a third of the time it did before [S4].",
  "The new version needs 20% more memory [S4].",
  "A defect that erased holds was discovered by the NLI and repaired ahead of publication [S4].",
  "Money from the Open Shelves Foundation, three quarters of a million dollars, runs out at the end of 2026 [S4].",
  "The licence has not changed [S4].",
  "The valley counted 143 measles cases over eleven weeks, two thirds of them in children younger than ten [S5].",
  "No deaths occurred, but 21 people were hospitalised [S5].",
  "More than 80% of those who fell ill were unvaccinated [S5].",
  "By 2022 vaccination coverage had dropped thirteen points, to 81% [S5].",
  "The outbreak was traced to a wedding attended by an infected visitor from another country [S5].",
  "Schools stayed open [S5].",
  "Within five weeks more than six thousand doses were administered [S5].",
];

export const WRONG: Record<string, string[]> = {
  number: [
    "Norvik's sales for the quarter were about $1.5bn [S1].",
    "Norvik Energy took in 1,510 million dollars in the third quarter [S1].",
    "Quarterly earnings dropped by half to $84 million [S1].",
    "Operating margin shrank to roughly 8.6% [S1].",
    "Since the end of 2024 Norvik has cut its net debt by $370 million [S1].",
    "Slightly more than a third of the workforce is employed offshore [S1].",
    "The firm aims to hook up 48 turbines by next March, triple the number of the season before [S1].",
    "The new bond costs Norvik half a percentage point more than its predecessor [S1].",
    "Free school lunches in Carrow reduced daily absence by 2.7 percentage points [S2].",
    "The lunches cost almost £4 million a year [S2].",
    "Seventy percent of the parents who replied were in favour of keeping the scheme [S2].",
    "By 32 votes to 18, councillors prolonged the scheme [S2].",
    "Rationing limited each person to 210 litres a day [S3].",
    "By the end of the year the reservoir was about 80% full again [S3].",
    "Replacing 900 kilometres of pipes is to cost €1.7 million [S3].",
    "The new version needs 30% more memory [S4].",
    "A typical search now takes less than a tenth of the time it did before [S4].",
    "The valley counted 134 measles cases [S5].",
    "More than 90% of those who fell ill were unvaccinated [S5].",
    "Within five weeks more than seven thousand doses were administered [S5].",
  ],
  date: [
    "Net debt stood at $640 million at the end of June 2025 [S1].",
    "The firm aims to hook up 48 turbines by May 2026 [S1].",
    "In the second quarter of 2025 revenue came to $1.15 billion [S1].",
    "Councillors prolonged the scheme by two years on 12 July 2024 [S2].",
    "In June 2024 the council voted to extend the programme [S2].",
    "The trial of free lunches began in September 2021 [S2].",
    "At the beginning of September 2023 Tessaly was 27% full [S3].",
    "Records of the reservoir's level go back to 1946 [S3].",
    "The pipes are to be replaced by 2035 [S3].",
    "Heavy rain in November put an end to rationing [S3].",
    "Librarium 4.0 came out in March 2025 [S4].",
    "The grant of the Open Shelves Foundation runs out in December 2027 [S4].",
    "Two maintainers quit in 2023 [S4].",
    "The first of the measles cases was confirmed in November 2023 [S5].",
    "The vaccination rate had been 94% in 2018 [S5].",
    "Cases were confirmed until 28 February 2024 [S5].",
  ],
  negated: [
    "The Halden plant was not closed by the fire [S1].",
    "Shareholders will get a higher dividend than before [S1].",
    "Norvik gave a forecast for 2026 [S1].",
    "Norvik's net debt rose during the year [S1].",
    "Quarterly profit went up to $84 million [S1].",
    "The meals improved how well children read [S2].",
    "In the comparison schools absence fell as well [S2].",
    "The council accepted the proposal to restrict the meals to poorer families [S2].",
    "Few parents wanted the lunches to continue [S2].",
    "Schools for the trial were chosen at random [S2].",
    "The programme cost more than officials had feared [S2].",
    "Farms continued to receive water during rationing [S3].",
    "Growers have shifted from olives to almonds [S3].",
    "Tessaly loses less of its water than neighbouring Orsana [S3].",
    "The fish farm at Kella is still open [S3].",
    "MySQL is still supported [S4].",
    "Search has become slower [S4].",
    "Memory use decreased by a fifth [S4].",
    "The bug that deleted holds was not fixed before the release [S4].",
    "The licence was changed from GPL 3 [S4].",
    "The health authority closed schools [S5].",
    "Three patients died [S5].",
    "Most patients had been vaccinated [S5].",
    "No patient needed intensive care [S5].",
  ],
  quote: [
    'Lindqvist, who runs the company, said "we would rather be slow than unsafe" [S1].',
    'Kovač wrote that "without new funding there will be no version 6" [S4].',
    'Kovač wrote that "without new money there will be no version 5" [S4].',
    'Lindqvist said that "we would sooner be late than unsafe" [S1].',
  ],
  swapped: [
    "Norvik's sales for the quarter were about $1.2bn [S4].",
    "Support for MySQL has been dropped [S5].",
    "Water bills are going to increase by 4% annually [S2].",
    "No deaths occurred, but 21 people were hospitalised [S1].",
    "Free school lunches reduced daily absence to 5.4% [S3].",
    "Schools stayed open [S4].",
    "The licence has not changed [S2].",
    "The outbreak was traced to a wedding attended by an infected visitor [S2].",
    "By December 2023 the reservoir was about 67% full again [S5].",
    "The new version needs 20% more memory [S1].",
  ],
};
