/** Two sentences of different sources. */
export interface Pair {
  readonly a: string;
  readonly b: string;
}

export const NUMBERS: readonly Pair[] = [
  { a: "Nordhafen handled 4.1 million containers in 2023.", b: "Nordhafen handled 3.4 million containers in 2023." },
  {
    a: "The Velar vaccine prevented 82% of infections in the trial.",
    b: "The Velar vaccine prevented 61% of infections in the trial.",
  },
  { a: "Kestrel Bank holds $2.4 billion in deposits.", b: "Kestrel Bank holds deposits of $1.9 billion." },
  { a: "The bridge at Tolmin is 118 metres long.", b: "The Tolmin bridge is 132 metres long." },
  { a: "Training the Lyra model took 21 days.", b: "Training the Lyra model took five weeks." },
  { a: "The reef at Halden lost 40 percent of its corals.", b: "The Halden reef lost 25 percent of its corals." },
  {
    a: "About 1,200 families left the village of Ossa after the flood.",
    b: "Some 700 families left the village of Ossa after the flood.",
  },
  { a: "Farmers in Murgab paid 14% interest on seed loans.", b: "Farmers in Murgab paid 22% interest on seed loans." },
];

export const DATES: readonly Pair[] = [
  { a: "The ferry Aurora was launched in March 1987.", b: "The ferry Aurora was launched in May 1988." },
  { a: "The treaty of Brenta was signed on 4 June 1931.", b: "The treaty of Brenta was signed on 11 June 1931." },
  { a: "The Solano dam opened in 1962.", b: "The Solano dam was opened in 1965." },
  { a: "Mira Castell founded the Orchard school in 1908.", b: "Mira Castell founded the Orchard school in 1911." },
];

export const POLARITY: readonly Pair[] = [
  {
    a: "The Delphi update fixed the memory leak in the scheduler.",
    b: "The Delphi update did not fix the memory leak in the scheduler.",
  },
  {
    a: "Wages in Lindau rose after the reform of the tariff.",
    b: "Wages in Lindau fell after the reform of the tariff.",
  },
  {
    a: "The Arden audit found no flaw in the voting contract.",
    b: "The Arden audit found a flaw in the voting contract.",
  },
  {
    a: "Pesticide use increased the loss of bees in Jura orchards.",
    b: "Pesticide use reduced the loss of bees in Jura orchards.",
  },
];

/** Not in conflict, or settled as two different things. */
export const COMPATIBLE: readonly Pair[] = [
  {
    a: "Nordhafen handled 4.1 million containers in 2023.",
    b: "Nordhafen handled about 4 million containers in 2023.",
  },
  { a: "Kestrel Bank holds $2.4 billion in deposits.", b: "Kestrel Bank lent $310 million to farmers." },
  {
    a: "The Velar vaccine prevented 82% of infections in the trial.",
    b: "The Moro vaccine prevented 61% of infections in the trial.",
  },
  { a: "The bridge at Tolmin is 118 metres long.", b: "The bridge at Tolmin carries 9,000 cars a day." },
  { a: "Training the Lyra model took 21 days.", b: "Training the Lyra model took three weeks." },
  { a: "The reef at Halden lost 40 percent of its corals.", b: "The Halden reef is home to 300 species of fish." },
  {
    a: "In 2020 the Solano dam produced 310 gigawatt hours of power.",
    b: "In 2023 the Solano dam produced 420 gigawatt hours of power.",
  },
  { a: "The median wage in Lindau was 2,900 euros.", b: "The average wage in Lindau was 3,400 euros." },
  { a: "The ferry Aurora was launched in March 1987.", b: "The ferry Aurora was sold to Chile in May 2004." },
  {
    a: "The Delphi update fixed the memory leak in the scheduler.",
    b: "The Delphi update does not support older processors.",
  },
  {
    a: "The Arden audit found no flaw in the voting contract.",
    b: "The Arden audit was paid by the voting foundation.",
  },
  { a: "Gross yields of Kestrel bonds reached 7.1%.", b: "Net yields of Kestrel bonds reached 5.8%." },
  { a: "The treaty of Brenta was signed on 4 June 1931.", b: "The treaty of Brenta was signed in June 1931." },
  { a: "Rents in Lindau rose from 9 to 12 euros a square metre.", b: "Rents in Lindau were 12 euros a square metre." },
  {
    a: "Pesticide use increased the loss of bees in Jura orchards.",
    b: "Bees in Jura orchards pollinate 70% of the apple trees.",
  },
  { a: "Mira Castell founded the Orchard school in 1908.", b: "Mira Castell left the Orchard school in 1931." },
  {
    a: "Up to a load of 90% the Hylia engine loses 6.5%; above that its losses rise by 6% at a time.",
    b: "The Moro engine, of the makers of the Hylia, can be run at a load of 90%.",
  },
];

/** Written after the code was done, and never used to change it. */
export const UNSEEN_CONFLICTS: readonly Pair[] = [
  {
    a: "Lake Orta warmed by 1.8 degrees between 1980 and 2020.",
    b: "Lake Orta warmed by 2.6 degrees between 1980 and 2020.",
  },
  { a: "The Hylia engine burns 38 litres of fuel an hour.", b: "The Hylia engine burns 45 litres of fuel an hour." },
  { a: "Only 12% of voters in Carden supported the merger.", b: "In Carden, 21% of voters supported the merger." },
  { a: "The Ferrand fund charges a fee of 0.4% a year.", b: "The Ferrand fund charges an annual fee of 0.9%." },
  {
    a: "The Wexley telescope saw first light in October 2011.",
    b: "The Wexley telescope saw first light in January 2012.",
  },
  {
    a: "Salinity in the Moren delta increased after the canal was dug.",
    b: "Salinity in the Moren delta decreased after the canal was dug.",
  },
  {
    a: "The Tarn protocol allows transfers without a password.",
    b: "The Tarn protocol does not allow transfers without a password.",
  },
  { a: "Some 3,500 workers joined the strike at Ruhrtal.", b: "The strike at Ruhrtal was joined by 5,200 workers." },
];

export const UNSEEN_COMPATIBLE: readonly Pair[] = [
  { a: "Lake Orta warmed by 1.8 degrees between 1980 and 2020.", b: "Lake Orta is 143 metres deep." },
  { a: "The Hylia engine burns 38 litres of fuel an hour.", b: "The Hylia engine costs $38,000." },
  { a: "Only 12% of voters in Carden supported the merger.", b: "The merger of Carden saved 12% of the budget." },
  { a: "The Ferrand fund charges a fee of 0.4% a year.", b: "The Ferrand fund returned 6.1% in 2024." },
  { a: "The Wexley telescope saw first light in October 2011.", b: "The Wexley telescope was closed in March 2019." },
  {
    a: "Salinity in the Moren delta increased after the canal was dug.",
    b: "The Moren delta did not flood after the canal was dug.",
  },
  {
    a: "The Tarn protocol allows transfers without a password.",
    b: "The Tarn protocol allows 900 transfers a second.",
  },
  { a: "Some 3,500 workers joined the strike at Ruhrtal.", b: "The strike at Ruhrtal lasted 35 days." },
];
