/** A passage, what it bears out, and what it does not: added, overgeneral, of another thing, of another number, the contrary, or not there. */
export interface Passage {
  reference: string;
  attributable: string[];
  not: string[];
}

/** Written for the test, before any row was judged. */
export const PASSAGES: Passage[] = [
  {
    reference:
      "The reservoir above Kessel was finished in 1962 and holds 14 million cubic metres. For thirty years it supplied the town alone; since 1994 the neighbouring villages draw on it as well. In the dry summer of 2018 the level fell to 31 per cent, the lowest since the dam was built, and the authority forbade the watering of gardens for seven weeks. A second pipeline to the river Aun, agreed in 2020, is meant to be ready in 2027. Farmers downstream have objected that the river itself runs low in July and August.",
    attributable: [
      "In 2018 the reservoir stood at 31 per cent, lower than at any time since the dam was built.",
      "Villages near Kessel have also drawn water from the reservoir since 1994.",
      "The watering of gardens was banned for seven weeks in the dry summer of 2018.",
    ],
    not: [
      "The reservoir at Kessel ran completely dry and fish had to be moved to another lake.",
      "Water from Kessel is the cheapest in the country because the town owns the dam.",
      "Tourists come to the reservoir to sail and to swim from May to September.",
    ],
  },
  {
    reference:
      "Marta Ilves studied botany in Tartu and joined the herbarium there in 1931. During the war she hid the type specimens in the cellar of a dairy, where they survived a fire that destroyed the museum's upper floors. After 1946 she was not allowed to publish abroad, and her monograph on sedges appeared only in 1968, translated by a colleague in Uppsala. It describes 214 species, nine of which she had named herself. She retired in 1970 and gave her library to the university.",
    attributable: [
      "Ilves's monograph on sedges, which describes 214 species, did not appear until 1968.",
      "The type specimens survived the war in a dairy's cellar.",
      "On retiring in 1970 Marta Ilves left her library to the university.",
    ],
    not: [
      "Ilves won a national prize for her drawings of orchids.",
      "Her colleague in Uppsala accused Ilves of having taken over his results.",
      "The museum was rebuilt after the fire with money from the church.",
    ],
  },
  {
    reference:
      "In the trial 412 adults with chronic back pain were given either twelve sessions of exercise with a physiotherapist or a booklet. After six months pain had fallen by 2.1 points on a scale of ten in the exercise group and by 1.3 points in the other. The difference was no longer significant after two years. Eleven people in the exercise group reported muscle soreness; there were no serious adverse events. The authors note that patients knew which group they were in, which may have coloured their answers.",
    attributable: [
      "Six months on, people who had exercised with a physiotherapist reported a fall in pain of 2.1 points out of ten.",
      "No serious adverse events occurred in the trial of exercise for back pain.",
      "After two years the two groups of patients no longer differed significantly.",
    ],
    not: [
      "Insurers have agreed to pay for exercise because of the trial.",
      "Surgery helped patients with back pain more than exercise did.",
      "The booklet was written by doctors of the army and handed out in schools.",
    ],
  },
  {
    reference:
      "The lending market Corvid opened on 3 March 2024 with three assets. Deposits reached $180 million within two months and stood at $145 million at the end of the year. An oracle that lagged by four minutes allowed a trader to borrow against an inflated price on 19 August; the loss of $2.6 million was covered by the treasury, so that no depositor lost money. Since then prices are taken from two oracles, and borrowing stops when they differ by more than 1.5 per cent. The contracts can be upgraded by a multisig of five, of whom three must sign, after a delay of 48 hours.",
    attributable: [
      "Corvid's treasury covered the $2.6 million that was lost on 19 August, and depositors lost nothing.",
      "Three of the five signers of a multisig can upgrade the contracts, after a delay of 48 hours.",
      "At the end of 2024 deposits at Corvid were $145 million.",
    ],
    not: [
      "Corvid issued a governance token which doubled in price in its first week.",
      "The trader who had attacked Corvid was arrested in Singapore.",
      "Regulators in Europe have warned savers of Corvid and asked exchanges to delist it.",
    ],
  },
  {
    reference:
      "Line 4 of the tram runs from the harbour to the university hospital in 26 minutes. Before the conversion of Kings Road to a bus and tram street in 2019 the journey took 34 minutes at rush hour. Passenger numbers rose from 21,000 to 29,500 a day between 2018 and 2023, although the pandemic halved them for a time. Shopkeepers on Kings Road had feared for their trade; a survey by the chamber of commerce in 2022 found takings slightly up for cafés and down for furniture shops. An extension to the airport was rejected by the council in 2021 by 31 votes to 28.",
    attributable: [
      "In 2021 the council voted 31 to 28 against extending the line to the airport.",
      "Daily passengers on line 4 grew from 21,000 in 2018 to 29,500 in 2023.",
      "The tram now takes 26 minutes from the harbour to the university hospital.",
    ],
    not: [
      "Drivers of trams went on strike for higher pay in the spring.",
      "The new trams were built in Poland and have room for bicycles.",
      "House prices near the harbour have doubled since the tram was opened.",
    ],
  },
  {
    reference:
      "Version 3 of the library drops the old callback interface. Every function now returns a promise, and errors are instances of one class with a code. The parser was rewritten; on the maintainers' benchmark it is 40 per cent faster and uses half the memory, but files above 2 GB are no longer accepted. Plugins written for version 2 have to be recompiled. Security fixes for version 2 will be made until June 2026. The licence remains MIT.",
    attributable: [
      "Version 3's rewritten parser needs half the memory and is 40 per cent faster on the maintainers' own benchmark.",
      "Version 2 gets security fixes until June 2026.",
      "Plugins for version 2 need to be recompiled for version 3.",
    ],
    not: [
      "The library is financed by donations from two banks.",
      "Version 3 was translated into eleven languages by volunteers.",
      "The maintainers advise against the use of the library in hospitals.",
    ],
  },
  {
    reference:
      "The court of appeal found for the tenants. It held that the clause which let the landlord raise the rent every six months without giving reasons was unfair, since tenants could not foresee what they would pay. It left open whether a clause bound to an index would have been valid. The landlord must repay 61,000 euros to 38 households, with interest from January 2021. Two judges dissented: in their view the tenants, who had been advised by a union, had known what they signed. Leave to appeal further was granted.",
    attributable: [
      "The landlord has to pay 61,000 euros back to 38 households.",
      "Two of the judges dissented because, in their view, the tenants had known what they signed.",
      "Whether a clause tied to an index would be valid was left open by the court.",
    ],
    not: [
      "The landlord sold the houses to a fund after the judgment.",
      "The judges criticised the police for having searched the flats at night.",
      "Tenants of a student hostel have won a similar case about heating costs.",
    ],
  },
  {
    reference:
      "Barnacle geese were counted on 112 fields along the bay each winter from 2005 to 2020. Their number grew from 8,400 to 23,000. They preferred fields within two kilometres of the roost, and among these the ones that had been sown with winter wheat. Shooting licences, given out from 2013, moved birds from one field to the next but did not reduce their number. Farmers received on average 310 euros a hectare in compensation, which covered about two thirds of the damage that assessors had estimated.",
    attributable: [
      "The number of barnacle geese along the bay rose from 8,400 to 23,000 between 2005 and 2020.",
      "Shooting moved the geese between fields without reducing their number.",
      "Compensation, 310 euros a hectare on average, covered about two thirds of the estimated damage.",
    ],
    not: [
      "Foxes take most of the eggs in the breeding grounds of the Arctic.",
      "A disease killed many of the birds in the last winter of the count.",
      "Restaurants on the coast have begun to offer goose from the licensed hunt.",
    ],
  },
  {
    reference:
      "Glazes of the Orlan kilns owe their green to copper and their crackle to a cooling of less than three hours. Analyses of 57 shards by X-ray fluorescence show two groups: one with 2 per cent tin, dug up in the lower town, and one without any, from the monastery. The excavators conclude that at least two workshops were at work at the same time, and not, as had been thought, that one followed the other. Radiocarbon dates from charcoal in both kilns lie between 1290 and 1340.",
    attributable: [
      "The green of the Orlan glazes comes from copper.",
      "Shards from the lower town contain 2 per cent tin, whereas those from the monastery have none.",
      "The excavators conclude that at least two workshops were at work at the same time.",
    ],
    not: [
      "The potters of Orlan exported their wares to Venice in barrels of straw.",
      "A sunken ship with a cargo of bowls was discovered by fishermen.",
      "The monks were forbidden to drink from painted cups.",
    ],
  },
  {
    reference:
      "Norrland Paper sold 1.9 million tonnes in 2023, six per cent less than the year before, at prices that were on average four per cent higher. Operating profit fell to 212 million crowns from 340 million, mainly because electricity cost more. The board proposes a dividend of 1.50 crowns a share, unchanged. A new boiler in Holmsund, budgeted at 900 million, will be taken into use in the autumn of 2025, a year later than planned. The company expects demand for packaging to recover and that for newsprint to go on falling.",
    attributable: [
      "Operating profit dropped from 340 to 212 million crowns, chiefly because of dearer electricity.",
      "Norrland Paper's board proposes an unchanged dividend of 1.50 crowns a share.",
      "The boiler in Holmsund will come into use in the autumn of 2025, one year late.",
    ],
    not: [
      "The chief executive was dismissed after a quarrel with the largest owner.",
      "Norrland Paper has bought a competitor in Finland and its three sawmills.",
      "Workers at the mill will get shares in place of a rise in wages.",
    ],
  },
  {
    reference:
      "The satellite was launched on 8 May 2022 into an orbit of 640 kilometres and carries a radar that sees through cloud. It maps the same strip every eleven days. From its images a team in Bergen measured that the glacier's tongue had sped up from 1.2 to 1.9 metres a day within one summer. One of the two solar panels failed to unfold fully, so that the radar is switched off for a third of each orbit. The mission has been paid for until the end of 2026.",
    attributable: [
      "With the satellite's images a team in Bergen found that the glacier had sped up from 1.2 to 1.9 metres a day.",
      "Because a solar panel did not unfold fully, the radar is off for a third of each orbit.",
      "The mission is paid for until the end of 2026.",
    ],
    not: [
      "Astronauts repaired the satellite's antenna in a walk of six hours.",
      "The images are sold to fishing companies that look for shoals of herring.",
      "A second satellite of the same design exploded on the launch pad.",
    ],
  },
  {
    reference:
      "Since the school day in the district begins at 8.50 instead of 8.00, pupils of fifteen and sixteen sleep 34 minutes longer on school nights, according to sensors worn by 178 of them. Marks in the first lesson improved slightly; those in other lessons did not change. Absence for illness fell from 5.4 to 4.9 days a year. Parents of younger children complained that their own working hours no longer fit, and the district now opens a breakfast club at 7.30. Teachers voted narrowly to keep the new times for another two years.",
    attributable: [
      "Fifteen- and sixteen-year-olds slept 34 minutes longer on school nights after the later start.",
      "Teachers narrowly voted to keep the new times for two more years.",
      "A breakfast club that opens at 7.30 was set up after parents of younger children had complained.",
    ],
    not: [
      "Pupils who ride a bicycle to school have better marks in mathematics.",
      "The ministry will forbid telephones in all classrooms from next autumn.",
      "Most pupils drink coffee before the first lesson to stay awake.",
    ],
  },
];

/** Wrong in one thing, and near the passage in all else: what a person finds only by reading closely. One for each passage, in their order. */
export const NEAR_MISSES: string[] = [
  "In the dry summer of 2018 the level of the reservoir fell to 13 per cent.",
  "Ilves's monograph on sedges appeared in 1946 and describes 214 species.",
  "Eleven people in the exercise group had serious adverse events.",
  "Depositors at Corvid lost $2.6 million on 19 August.",
  "The council agreed in 2021 to extend the line to the airport.",
  "Version 3 of the library accepts files above 2 GB and is no longer under the MIT licence.",
  "All judges agreed that the landlord must repay 61,000 euros to 83 households.",
  "Shooting licences reduced the number of barnacle geese along the bay.",
  "The excavators found that one workshop had followed the other, with shards from 1490.",
  "Operating profit rose from 212 million crowns to 430 million.",
  "The satellite maps the same strip every day from an orbit of 460 kilometres.",
  "Marks improved in all lessons, and absence for illness rose to 9.4 days a year.",
];
