import { type CslItem, partsOf } from "./csl.js";
import { paragraph, plain } from "./markup.js";
import { inverted, straightInitials } from "./names.js";
import type { CitationStyle, Place } from "./style.js";

/** The references of one text in one format: what stands for them in the text, and their list. */
export class Bibliography {
  readonly #style: CitationStyle;
  /** In the order of the list. */
  readonly #items: readonly CslItem[];
  readonly #byId: ReadonlyMap<string, CslItem>;
  readonly #labels = new Map<string, string>();
  readonly #places = new Map<string, Place & { isSharedAuthor: boolean }>();
  readonly #noted = new Set<string>();

  /** @param items in the order in which the text first uses them */
  constructor(style: CitationStyle, items: readonly CslItem[]) {
    this.#style = style;
    this.#items = style.isSorted ? items.toSorted(compare) : items;
    this.#byId = new Map(items.map((item) => [item.id, item]));
    for (const item of this.#items) this.#labels.set(item.id, style.authors(item, namesOf(item, style)));
    this.#tellApart();
    this.#setPlaces();
  }

  /** What stands in the text for works that are cited together. With notes: the text of the note, which says a work in full once. */
  cite(ids: readonly string[]): string {
    const items = ids.map((id) => this.#byId.get(id)).filter((item) => item !== undefined);
    const { system } = this.#style;
    if (system === "notes") return items.map((item) => this.#note(item)).join(" ");
    if (system === "numbers") {
      const numbers = items.map((item) => this.#items.indexOf(item) + 1).sort((a, b) => a - b);
      return this.#style.isSorted ? `[${numbers.join(", ")}]` : numbers.map((n) => `[${n}]`).join(", ");
    }
    const works = this.#items.filter((item) => items.includes(item)).map((item) => this.#inText(item));
    return `\\(${works.join("; ")}\\)`;
  }

  /** The list, a paragraph for each work. */
  list(): string[] {
    return this.#items.map((item, i) => {
      const reference = this.#style.reference(item, this.#places.get(item.id) ?? {});
      return this.#style.system === "numbers" ? `\\[${i + 1}\\] ${reference}` : paragraph(reference);
    });
  }

  #note(item: CslItem): string {
    const { note } = this.#style;
    const isFirst = !this.#noted.has(item.id);
    this.#noted.add(item.id);
    return (isFirst ? note?.full(item) : note?.short(item)) ?? "";
  }

  #inText(item: CslItem): string {
    const label = this.#labels.get(item.id) ?? "";
    const place = this.#places.get(item.id) ?? { isSharedAuthor: false };
    return this.#style.inText?.(label, item, place) ?? label;
  }

  /** Different authors that come out alike get more names, or their initials. */
  #tellApart(): void {
    for (const alike of groups(this.#items, (item) => this.#labels.get(item.id) ?? "")) {
      const authors = new Set(alike.map(authorKey));
      if (authors.size < 2 || alike.some((item) => !item.author?.length)) continue;
      for (const item of alike) {
        const all = item.author ?? [];
        const rivals = alike.filter((other) => authorKey(other) !== authorKey(item));
        let names = namesOf(item, this.#style);
        const said = (of: CslItem): string => this.#style.authors(of, names);
        while (names < all.length && rivals.some((other) => said(other) === said(item))) names++;
        const label = said(item);
        const [first] = all;
        const isAlike = rivals.some((other) => said(other) === label);
        const isPerson = isAlike && first?.family !== undefined;
        const withInitials = isPerson
          ? label.replace(plain(first.family ?? ""), plain(straightInitials(first)))
          : label;
        this.#labels.set(item.id, withInitials);
      }
    }
  }

  #setPlaces(): void {
    for (const ofAuthor of groups(this.#items, (item) => this.#labels.get(item.id) ?? "")) {
      const years = groups(ofAuthor, (item) => String(partsOf(item.issued).year));
      for (const works of years) {
        for (const [i, item] of works.entries()) {
          const yearSuffix = works.length > 1 ? suffix(i) : undefined;
          this.#places.set(item.id, { yearSuffix, isSharedAuthor: ofAuthor.length > 1 });
        }
      }
    }
  }
}

/** All names where they are few, otherwise the first. */
function namesOf({ author = [] }: CslItem, { mostNames }: CitationStyle): number {
  return author.length <= mostNames ? author.length : 1;
}

function authorKey({ author = [] }: CslItem): string {
  return author.map(inverted).join("; ");
}

/** `a` to `z`, then `aa`, `ab`, … */
function suffix(i: number): string {
  const letter = String.fromCharCode(97 + (i % 26));
  return i < 26 ? letter : `${suffix(Math.floor(i / 26) - 1)}${letter}`;
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = found.get(key);
    if (group === undefined) found.set(key, [item]);
    else group.push(item);
  }
  return [...found.values()];
}

/** By author, then year, then title; what has no author stands under its title, without the article at its beginning. */
function compare(a: CslItem, b: CslItem): number {
  const key = (item: CslItem): string => (item.author?.length ? authorKey(item) : titleKey(item));
  const order = COLLATOR.compare(key(a), key(b));
  if (order !== 0) return order;
  const years = (partsOf(a.issued).year ?? 0) - (partsOf(b.issued).year ?? 0);
  return years === 0 ? COLLATOR.compare(titleKey(a), titleKey(b)) : years;
}

function titleKey({ title = "" }: CslItem): string {
  return title.replace(/^(?:a|an|the)\s+|^["'“‘]+/i, "");
}

const COLLATOR = new Intl.Collator("en", { sensitivity: "base", numeric: true });
