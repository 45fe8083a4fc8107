// Text that packs about as well as English does, the same in every run.

const words = (
  "the of and to in that is was for on as with by it from be are this which or an were their not have has its more can " +
  "price market report shows between year growth protocol lending reserve volume users according analysis because however " +
  "measured increase quarter liquidity total value locked across several chains while most remained within range expected " +
  "evidence source claim figure table estimate interest rate collateral governance proposal upgrade network transaction fee"
).split(" ");

/** So many texts of so many characters. */
export function prose(count, length, seed = 1) {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return Array.from({ length: count }, () => {
    let text = "";
    while (text.length < length) {
      text += next() < 0.12 ? `${Math.floor(next() * 1e6)} ` : `${words[Math.floor(next() ** 2 * words.length)]} `;
    }
    return text.slice(0, length);
  });
}
