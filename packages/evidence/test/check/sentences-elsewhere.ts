/** Sources on other subjects than the checker's thresholds were found with, and sentences on them. All is invented. */
export const SOURCES = [
  {
    id: "S1",
    title: "Tram line 9 in Lindau-Nord: five years on",
    uri: "https://transport.example/tram-9",
    text: `# Tram line 9 in Lindau-Nord: five years on

Line 9 opened on 3 May 2021 between the harbour and the hospital, a distance of 7.8 kilometres with 16 stops. It cost €214 million, 12% more than planned. The state paid 60% of the cost and the city the rest.

In its first year the line carried 4.1 million passengers; in 2025 it carried 6.3 million. A survey of March 2025 among 2,140 riders found that 38% had used a car for the same trip before. Complaints about noise fell from 412 in 2021 to 97 in 2025, after the rails were ground twice a year.

The city had promised that trams would run every six minutes. They do not: for lack of drivers the interval has been eight minutes since September 2023. Mayor Ines Okafor said that "the line is a success that we are not yet able to staff".

| Year | Passengers (million) | Punctuality |
| --- | --- | --- |
| 2021 | 4.1 | 93% |
| 2023 | 5.2 | 88% |
| 2025 | 6.3 | 84% |`,
  },
  {
    id: "S2",
    title: "A trial of evening light in shift workers",
    uri: "https://medicine.example/light",
    text: `Background. Nurses on rotating shifts often sleep badly. We tested whether glasses that filter blue light help.

Methods. Between January and June 2024 we assigned 186 nurses at four hospitals at random to amber glasses or clear ones, worn for three hours before sleep. Neither the nurses nor the analysts knew who wore which. The main outcome was sleep time measured by a wrist sensor over 28 days.

Results. Data of 171 nurses could be analysed. Sleep time rose by 24 minutes with amber glasses (95% confidence interval 9 to 39) and by 6 minutes with clear ones. The difference of 18 minutes was statistically significant (p = 0.02). Alertness during the shift did not differ between the groups. Eleven nurses in the amber group and three in the clear group reported headaches.

Conclusions. Amber glasses lengthened sleep modestly but did not make nurses more alert. The sensor may overestimate sleep in people who lie still. The manufacturer supplied the glasses free of charge and had no part in the analysis.`,
  },
  {
    id: "S3",
    title: "The barque Aurelia, 1891-1917",
    uri: "https://ships.example/aurelia",
    text: `# The barque Aurelia

The Aurelia was a four-masted barque of 2,960 gross tons, built of steel by Russell & Co. in Greenock and launched on 14 February 1891. She carried nitrate from Iquique to Hamburg and coal on the way out. Her fastest passage, 71 days from Iquique to the Lizard, was made in 1903 under Captain Jens Thorup.

In November 1908 she lost two masts in a storm off Cape Horn and reached Montevideo under jury rig after 23 days; nobody was killed. The owners, who had not insured the ship, sold her in 1909 to a Norwegian company for £5,400.

On 9 April 1917 a German submarine stopped her west of Ireland. The crew of 27 was given ten minutes to leave, and all of them were picked up the next morning by a trawler. The wreck has never been found.`,
  },
];

export const GOOD_ELSEWHERE = [
  "The tram line, opened in May 2021, is 7.8 km long and serves 16 stops [S1].",
  "Construction cost €214 million, which was 12% over plan [S1].",
  "Sixty per cent of the cost was borne by the state [S1].",
  "Ridership grew from 4.1 million in the first year to 6.3 million in 2025 [S1].",
  "Noise complaints dropped from 412 to 97 between 2021 and 2025 [S1].",
  "Because drivers are lacking, trams have run only every eight minutes since September 2023 instead of every six [S1].",
  "Punctuality declined to 84% in 2025 [S1].",
  'The mayor called line 9 "a success that we are not yet able to staff" [S1].',
  "Of the riders asked in March 2025, 38% had made the trip by car before [S1].",
  "The trial randomly assigned 186 nurses from four hospitals to amber or clear glasses [S2].",
  "Amber glasses lengthened sleep by 24 minutes, clear ones by 6 [S2].",
  "Alertness on shift did not differ between the two groups [S2].",
  "Headaches were reported by 11 nurses with amber glasses and 3 with clear ones [S2].",
  "The maker of the glasses gave them for free and was not involved in the analysis [S2].",
  "The Aurelia was launched in Greenock on 14 February 1891 [S3].",
  "Under Captain Thorup she sailed from Iquique to the Lizard in 71 days in 1903 [S3].",
  "She lost two masts off Cape Horn in 1908 without loss of life [S3].",
  "The ship was uninsured and was sold to a Norwegian company for £5,400 in 1909 [S3].",
  "A German submarine stopped the Aurelia west of Ireland in April 1917; the 27 men of her crew were all saved by a trawler [S3].",
  "Her wreck has not been found to this day [S3].",
];

export const WRONG_ELSEWHERE = [
  "The tram line, opened in May 2022, is 7.8 km long and serves 16 stops [S1].",
  "The tram line, opened in May 2021, is 8.7 km long and serves 16 stops [S1].",
  "Construction cost €241 million, which was 12% over plan [S1].",
  "Sixty per cent of the cost was borne by the city [S3].",
  "Ridership grew from 4.1 million in the first year to 6.3 billion in 2025 [S1].",
  "Noise complaints rose from 97 to 412 between 2021 and 2025 [S1].",
  "Trams have run every six minutes since September 2023, as the city had promised, and the interval is not eight minutes [S1].",
  "Punctuality declined to 88% in 2025 [S1].",
  'The mayor called line 9 "a failure that we are not yet able to staff" [S1].',
  'The mayor called line 9 "a success that we are not able to staff" [S1].',
  "Of the riders asked in March 2024, 38% had made the trip by car before [S1].",
  "The trial randomly assigned 168 nurses from four hospitals to amber or clear glasses [S2].",
  "Amber glasses lengthened sleep by 42 minutes, clear ones by 6 [S2].",
  "Amber glasses lengthened sleep by 24 hours, clear ones by 6 [S2].",
  "Alertness on shift differed between the two groups [S2].",
  "Amber glasses made nurses more alert [S2].",
  "Headaches were reported by 3 nurses with amber glasses and 11 with clear ones [S2].",
  "The manufacturer supplied the glasses and took part in the analysis [S2].",
  "The Aurelia was launched in Greenock on 14 February 1897 [S3].",
  "The Aurelia was launched in Hamburg on 14 February 1891 [S3].",
  "Under Captain Thorup she sailed from Iquique to the Lizard in 17 days in 1903 [S3].",
  "Several men were killed when she lost two masts off Cape Horn in 1908 [S3].",
  "The ship was insured and was sold to a Norwegian company for £5,400 in 1909 [S3].",
  "The ship was sold to a Norwegian company for $5,400 in 1909 [S3].",
  "A British submarine stopped the Aurelia west of Ireland in April 1917 [S3].",
  "A German submarine stopped the Aurelia west of Ireland in April 1917; none of her crew was picked up [S3].",
  "Her wreck was found west of Ireland [S3].",
  "Her wreck has not been found to this day [S2].",
  "The line carried 6.3 million passengers in 2025 [S2].",
  "The line carried 6.3 million passengers in 2025 [S4].",
];
