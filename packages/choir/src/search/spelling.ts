/** Edits (a letter put in, left out, replaced, or swapped with its neighbour) that a slip of this length may have. */
export function allowedEdits(word: string): number {
  if (word.length < 3) return 0;
  return word.length < 9 ? 1 : 2;
}

/** Optimal string alignment distance; any number above `most` if it is above. */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, at(before, j - 2) + 1);
      row.push(edits);
      least = Math.min(least, edits);
    }
    if (least > most) return most + 1;
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

/** The kinds of letters of a word as bits, several kinds to a bit in large alphabets. */
export function kindsOfLetters(word: string): number {
  let bits = 0;
  for (let i = 0; i < word.length; i++) bits |= 1 << (word.charCodeAt(i) & 31);
  return bits;
}

/** In how many kinds of letters two words differ, at least. */
export function kindsApart(kinds: number, others: number): number {
  let count = 0;
  for (let rest = kinds ^ others; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function at(row: readonly number[], i: number): number {
  return row[i] ?? Number.POSITIVE_INFINITY;
}
