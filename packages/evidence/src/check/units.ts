/** Units of what is measured: what they measure, and how many of the smallest of their kind they are. */
const UNITS: Record<string, readonly [string, number]> = {};

const PREFIXES: readonly (readonly [string, string, number])[] = [
  ["k", "kilo", 1e3],
  ["M", "mega", 1e6],
  ["G", "giga", 1e9],
  ["T", "tera", 1e12],
];

function define(kind: string, factor: number, ...names: string[]): void {
  for (const name of names) UNITS[name] = [kind, factor];
}

for (const [short, long, factor] of [["", "", 1] as const, ...PREFIXES]) {
  const lower = long.toLowerCase();
  define("energy", factor, `${short}Wh`, `${lower}watt-hour`, `${lower}watt-hours`, `${lower}watt hours`);
  if (short !== "") define("power", factor, `${short}W`);
  define("power", factor, `${lower}watt`, `${lower}watts`);
  if (short !== "") define("data", factor, `${short}B`, `${lower}byte`, `${lower}bytes`);
  if (short !== "") define("rate", factor, `${short}Hz`, `${lower}hertz`);
}
define("length", 1e-9, "nm", "nanometre", "nanometres", "nanometer", "nanometers");
define("length", 1e-6, "µm", "micrometre", "micrometres", "micron", "microns");
define("length", 1e-3, "mm", "millimetre", "millimetres", "millimeter", "millimeters");
define("length", 1e-2, "cm", "centimetre", "centimetres", "centimeter", "centimeters");
define("length", 1, "metre", "metres", "meter", "meters");
define("length", 1e3, "km", "kilometre", "kilometres", "kilometer", "kilometers");
define("length", 1609.344, "mile", "miles");
define("length", 0.3048, "foot", "feet");
define("mass", 1e-9, "µg", "microgram", "micrograms", "microgramme", "microgrammes");
define("mass", 1e-6, "mg", "milligram", "milligrams", "milligramme", "milligrammes");
define("mass", 1e-3, "gram", "grams", "gramme", "grammes");
define("mass", 1, "kg", "kilogram", "kilograms", "kilo", "kilos");
define("mass", 1e3, "tonne", "tonnes");
define("area", 1, "square metre", "square metres", "square meter", "square meters", "sq m");
define("area", 1e4, "hectare", "hectares", "ha");
define("area", 1e6, "square kilometre", "square kilometres", "square kilometer", "square kilometers", "km²", "sq km");
define("volume", 1e-3, "millilitre", "millilitres", "ml");
define("volume", 1, "litre", "litres", "liter", "liters");
define("volume", 1e3, "cubic metre", "cubic metres", "cubic meter", "cubic meters", "m³");
define("loudness", 1, "decibel", "decibels", "dB");
define("temperature", 1, "°C", "degrees Celsius", "degree Celsius", "degrees", "degree");
define("voltage", 1, "volt", "volts");
define("voltage", 1e3, "kV", "kilovolt", "kilovolts");
define("age", 1, "year-old", "years-old", "year-olds", "year old", "years old", "years of age");

const NAMES = Object.keys(UNITS)
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[-\s]/g, "[\\s-]"));
const UNIT = new RegExp(`^[\\s-]?(?<unit>${NAMES.join("|")})(?![\\p{L}\\d])`, "u");

/** The unit that a text begins with, right after a number; undefined for none. `end` counts characters. */
export function unitAt(text: string): { kind: string; factor: number; end: number } | undefined {
  const match = UNIT.exec(text);
  const [kind, factor] =
    UNITS[match?.groups?.unit?.replace(/[\s-]/g, " ") ?? ""] ?? UNITS[match?.groups?.unit ?? ""] ?? [];
  if (!match || kind === undefined || factor === undefined) return undefined;
  return { kind, factor, end: match[0].length };
}
