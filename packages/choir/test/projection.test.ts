import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { type Document, preparePublication, prepareRevision, versionOf } from "../src/articles/article.js";
import { signStatement } from "../src/articles/statement.js";
import { articleId, type Choir, type Embedder, lexicalEmbedder } from "../src/index.js";
import { keyOf } from "../src/stream.js";
import { ada, author, type TestHome, testHome } from "./support/home.js";
import { library } from "./support/writing.js";

// Many openings and publications a test, on whatever the machine has left.
vi.setConfig({ testTimeout: 120_000 });

const texts = library(2);

/** Each by an author of its own. */
async function fill(choir: Choir, from: number, to: number): Promise<void> {
  for (const [i, { subject, markdown }] of texts.slice(from, to).entries()) {
    await choir.publish({ markdown, author: "Ada", key: subject }, author(from + i));
  }
}

const idOf = (i: number) => articleId(texts[i]?.subject ?? "");

async function cite(choir: Choir, citing: number, cited: number) {
  return await choir.cite({ citing: idOf(citing), cited: idOf(cited), claim: "see there" }, author(citing));
}

async function reports(choir: Choir): Promise<{ hash: string; top: unknown }> {
  return { hash: await choir.exportHash(), top: await choir.search("narrow harbour of Abernethy") };
}

describe("the index", () => {
  it("is the same after a rebuild, a lost file, a damaged file, and in another place", async () => {
    await using home = await testHome();
    const before = await (async () => {
      await using choir = await home.open();
      await fill(choir, 0, 12);
      await cite(choir, 3, 1);
      await cite(choir, 4, 1);
      await cite(choir, 5, 6);
      await choir.revise({ article: idOf(2), markdown: `${texts[2]?.markdown}\n\nOne more paragraph.` }, author(2));
      await choir.retract({ article: idOf(6), reason: "wrong" }, author(6));
      const state = await reports(choir);
      await choir.rebuild();
      expect(await reports(choir)).toEqual(state);
      return state;
    })();
    expect(home.events.map((event) => event.type === "index_made" && event.reason)).toEqual(["missing", "requested"]);

    await rm(home.index);
    for (const damage of [
      async () => undefined,
      () => writeFile(home.index, "this is no database, and longer than a header of one hundred bytes ".repeat(20)),
      () => overwrite(home.index, 100, 4_000),
      async () => overwrite(home.index, (await stat(home.index)).size / 2, 60_000),
      async () => sql(home.index, "DELETE FROM lexicon WHERE number = (SELECT max(number) FROM lexicon)"),
      async () => writeFile(home.index, (await readFile(home.index)).subarray(0, 9_000)),
      () => writeFile(home.index, ""),
      () => writeFile(`${home.index}-wal`, "rubbish".repeat(9_000)),
    ]) {
      await damage();
      await using choir = await home.open();
      expect(await reports(choir)).toEqual(before);
      expect(await cite(choir, 4, 1)).toEqual({ first: false, count: 2 });
    }
    const reasons = home.events.map((event) => ("reason" in event ? event.reason : event.type));
    expect(reasons.slice(2)).toEqual(["missing", "corrupt", "corrupt", "corrupt", "corrupt", "corrupt", "missing"]);

    await using elsewhere = await home.open({ index: `${home.path}/second.sqlite` });
    expect(await reports(elsewhere)).toEqual(before);
  });

  it("is made again while it is open when its file turns out to be damaged", async () => {
    await using home = await testHome();
    const before = await (async () => {
      await using choir = await home.open();
      await fill(choir, 0, 6);
      return await reports(choir);
    })();
    // What no check at opening sees: the vectors that signatures stand for are gone.
    sql(home.index, "DELETE FROM vectors");
    {
      await using choir = await home.open();
      const [first, second] = await Promise.all([reports(choir), reports(choir)]);
      expect(first).toEqual(before);
      expect(second).toEqual(before);
      await fill(choir, 5, 7);
      expect(await choir.list()).toHaveLength(7);
    }
    expect(home.events.map((event) => event.type === "index_made" && event.reason)).toEqual(["missing", "corrupt"]);
  });

  it("catches up on what others published, before it opens and while it is open", async () => {
    await using home = await testHome();
    await using one = await home.open();
    await fill(one, 0, 3);
    await using two = await home.open({ index: `${home.path}/second.sqlite` });
    await fill(one, 3, 6);
    // Known to the stream only a moment before: the citing side waits for it.
    expect(await cite(two, 5, 0)).toEqual({ first: true, count: 1 });
    expect(await cite(one, 5, 0)).toEqual({ first: false, count: 1 });
    expect(await two.exportHash()).toBe(await one.exportHash());
  });

  it("does exactly once what two processes' worth of writers do at once", async () => {
    await using home = await testHome();
    await using one = await home.open();
    await using two = await home.open({ index: `${home.path}/second.sqlite` });
    const writers = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? one : two));
    await Promise.all(
      writers.map(async (choir, i) => {
        await fill(choir, i % 5, (i % 5) + 4);
        await cite(choir, (i % 3) + 1, 0).catch(() => undefined);
      }),
    );
    await fill(two, 0, 8);
    for (const i of [1, 2, 3]) await cite(two, i, 0);
    expect(await two.list()).toHaveLength(8);
    expect(await two.citations(idOf(0))).toBe(3);
    await one.search("wait");
    await cite(one, 3, 0);
    expect(await one.exportHash()).toBe(await two.exportHash());
  });

  it("can be closed at any moment after it was opened", async () => {
    await using home = await testHome();
    for (let i = 0; i < 12; i++) {
      await using choir = await home.open();
      if (i === 0) await fill(choir, 0, 1);
      if (i % 3 === 1) await new Promise((resolve) => setTimeout(resolve, i));
    }
  });

  it("belongs to one process at a time", async () => {
    await using home = await testHome();
    await using _choir = await home.open();
    await expect(home.open()).rejects.toMatchObject({ name: "ChoirError", code: "in_use" });
  });

  it("says so if its path cannot be a file", async () => {
    await using home = await testHome();
    await expect(home.open({ index: home.path })).rejects.toMatchObject({ name: "ChoirError" });
    await writeFile(`${home.path}/plain`, "");
    await expect(home.open({ index: `${home.path}/plain/x.sqlite` })).rejects.toMatchObject({ name: "ChoirError" });
  });

  it("is made again for another embedder, and for a stream that it does not know", async () => {
    await using home = await testHome();
    const short: Embedder = {
      ...lexicalEmbedder,
      model: "short",
      dimensions: 256,
      embed: async (list, purpose) => (await lexicalEmbedder.embed(list, purpose)).map((v) => v.subarray(0, 256)),
    };
    {
      await using choir = await home.open();
      await fill(choir, 0, 5);
    }
    {
      await using choir = await home.open({ embedder: short });
      expect(await choir.list()).toHaveLength(5);
      expect((await choir.search("Abernethy"))[0]?.article_id).toBe(idOf(0));
    }
    await using other = await testHome();
    await writeFile(`${other.path}/taken.sqlite`, await readFile(home.index));
    await using choir = await other.open({ index: `${other.path}/taken.sqlite`, embedder: short });
    expect(await choir.list()).toEqual([]);
    expect([...home.events, ...other.events].map((event) => event.type === "index_made" && event.reason)).toEqual([
      "missing",
      "other_embedder",
      "other_stream",
    ]);
  });

  it("sets effects aside that nobody could have written through it, each with its reason, and goes on", async () => {
    await using home = await testHome();
    await using choir = await home.open();
    await fill(choir, 0, 2);
    const effects = await home.backbone.effects("VIBEWRITER_EFFECTS", ["kb.publish.new", "citation.new.*"]);
    const subject = "kb.publish.new";
    const stored = await effects.get(subject, texts[0]?.subject ?? "");
    const { document, signature } = (stored?.payload ?? {}) as { document: Document; signature: string };
    const { publication } = document;
    const publish = (key: string, payload: unknown) => effects.publishEffect(key, { subject, payload });
    const [mallory, zero] = [author(66), "0".repeat(64)];

    await publish("forged", { ...(stored?.payload as object), document: { ...document, markdown: "# Forged" } });
    await publish("another name", {
      ...{ v: 2, signature },
      document: { ...document, publication: { ...publication, author: "Mallory" } },
    });
    await publish("again", stored?.payload);
    await publish("nonsense", { v: 7 });
    await publish("nowhere", { v: 2, signature, file: zero });
    const { authorKey: _, ...anonymous } = preparePublication(
      { markdown: "# Unsigned", author: "Ada", key: "unsigned" },
      ada.publicKey,
      new Date(),
    ).publication;
    const unsigned = { ...anonymous, version: versionOf(anonymous) };
    await publish("unsigned", { v: 1, document: { publication: unsigned, markdown: "# Unsigned" } });
    // Mallory signs her own version of Ada's article, and its retraction, with her own key.
    const revision = prepareRevision(
      { article: idOf(0), markdown: "# Mine" },
      publication,
      mallory.publicKey,
      new Date(),
    );
    await publish(`revise:${idOf(0)}:${revision.publication.version}`, {
      ...{ v: 2, document: revision },
      signature: await signStatement(mallory, "vibewriter/article/1", revision.publication),
    });
    const retraction = { article: idOf(0), reason: "mine", at: new Date().toISOString(), authorKey: mallory.publicKey };
    const taken = await signStatement(mallory, "vibewriter/retraction/1", retraction);
    await publish(keyOf.retraction(idOf(0), taken), { v: 2, retraction, signature: taken });
    await publish("retract as Ada", {
      v: 2,
      retraction: { ...retraction, authorKey: author(0).publicKey },
      signature: taken,
    });

    const { citing, cited } = { citing: idOf(1), cited: idOf(0) };
    const versions = { citingVersion: (await choir.get(citing)).version, citedVersion: publication.version };
    const citation = { citing, cited, ...versions, claim: "c", authorKey: author(1).publicKey };
    const cite = async (over: object, signer = author(1), on = cited, key?: string) => {
      const said = { ...citation, ...over };
      const signed = await signStatement(signer, "vibewriter/citation/1", said);
      const payload = { v: 2, citation: said, signature: signed };
      await effects.publishEffect(key ?? keyOf.citation(said.citing, signed), {
        subject: `citation.new.${on}`,
        payload,
      });
    };
    await cite({}, author(1), citing);
    await cite({}, mallory);
    await cite({ authorKey: mallory.publicKey }, mallory);
    await cite({ citing: cited });
    await cite({ citing: "f".repeat(24) });
    await cite({ citedVersion: zero });
    await cite({ passage: { start: 0, end: 4, text: "nope" } });
    await cite({}, author(1), cited, "under another key");
    await effects.publishEffect("old", {
      subject: `citation.new.${cited}`,
      payload: { v: 1, citing, cited, context: "c" },
    });
    await cite({ claim: "the one that counts" });
    await cite({ claim: "a second time" });

    await fill(choir, 2, 3);
    expect(await choir.list()).toHaveLength(3);
    expect(await choir.get(idOf(0))).toMatchObject({ version: publication.version, citedBy: 1 });
    expect((await choir.get(citing)).citations).toMatchObject([{ article: cited, claim: "the one that counts" }]);
    const hash = await choir.exportHash();
    await choir.rebuild();
    expect(await choir.exportHash()).toBe(hash);
    await choir[Symbol.asyncDispose]();
    expect(reasonsIn(home.index)).toEqual(
      [
        /is not what its version says/,
        /is not what its version says/,
        /was signed for another one/,
        /not in the form/,
        /is missing/,
        /is not signed/,
        /is another author's/,
        /is another author's/,
        /is not signed by the author/,
        /stands on the subject/,
        /is not signed by the author/,
        /is another author's/,
        /cites itself/,
        /is unknown/,
        /has no version/,
        /passage does not stand/,
        /was signed for another one/,
        /is not signed/,
        /has cited .* before/,
      ].map((pattern) => expect.stringMatching(pattern)),
    );
  });
});

describe("an article that cannot be indexed", () => {
  it("becomes a dead letter, holds up nothing, and is in its place once that is mended and it is retried", async () => {
    await using home = await testHome();
    let mended = false;
    const embedder: Embedder = {
      ...lexicalEmbedder,
      embed: async (list, purpose) => {
        if (!mended && list.some((text) => text.includes("Poison"))) throw new Error("I choke on this.");
        return await lexicalEmbedder.embed(list, purpose);
      },
    };
    await using choir = await home.open({ embedder });
    await fill(choir, 0, 1);
    const poison = { markdown: "# Poison\n\nText.", author: "Ada", key: "poison" };
    await expect(choir.publish(poison, ada)).rejects.toMatchObject({ code: "dead_letter" });
    await fill(choir, 1, 3);
    expect(await choir.list()).toHaveLength(3);
    const [letter] = await home.backbone.deadLetters.list();
    expect(letter).toMatchObject({ kind: "projection", reason: "I choke on this.", tries: 6 });

    mended = true;
    expect(await home.backbone.deadLetters.retry(letter?.id ?? "")).toBe("applied");
    await vi.waitFor(async () => expect(await choir.list()).toHaveLength(4), 20_000);
    expect((await choir.list()).at(-2)).toMatchObject({ id: articleId("poison") });
    expect(await choir.publish(poison, ada)).toMatchObject({ id: articleId("poison"), first: false });
    const hash = await choir.exportHash();
    await choir.rebuild();
    expect(await choir.exportHash()).toBe(hash);
    expect(await home.backbone.deadLetters.list()).toEqual([]);
  });
});

describe("a process that is killed", () => {
  it("between the stream and the index: the article is there once, and so are its citations", async () => {
    await using home = await testHome();
    {
      await using choir = await home.open();
      await fill(choir, 0, 2);
    }
    for (const moment of ["projecting", "citing"] as const) {
      expect(await runUntilKilled(home, moment)).toBe("SIGKILL");
    }
    await using choir = await home.open();
    expect(await choir.list()).toHaveLength(4);
    for (const moment of ["projecting", "citing"]) {
      const request = { markdown: `# Killed while ${moment}\n\nText.`, author: "Ada", key: moment };
      expect(await choir.publish(request, author(99))).toMatchObject({ id: articleId(moment), first: false });
      const citation = { citing: articleId(moment), cited: idOf(0), claim: "see there" };
      expect(await choir.cite(citation, author(99))).toMatchObject({ first: moment === "projecting" });
    }
    expect(await choir.list()).toHaveLength(4);
    expect(await choir.citations(idOf(0))).toBe(2);
    expect((await choir.search("killed projecting"))[0]?.article_id).toBe(articleId("projecting"));
    const hash = await choir.exportHash();
    await choir.rebuild();
    expect(await choir.exportHash()).toBe(hash);
  });
});

describe("processes that are killed at any moment", () => {
  it("leave every article and citation there once", async () => {
    await using home = await testHome();
    const program = fileURLToPath(new URL("./support/writer.mjs", import.meta.url));
    const count = 41;
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [program, home.url, home.path, home.index, String(count)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exit = once(child, "exit");
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 60));
      child.kill("SIGKILL");
      await exit;
    }
    await using choir = await home.open();
    const survived = await choir.list();
    expect(new Set(survived.map(({ id }) => id)).size).toBe(survived.length);
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      const request = { markdown: `# Article ${i}\n\nText ${i}.`, author: "Ada", key: `k${i}` };
      const { id, first } = await choir.publish(request, author(i));
      if (i > 0) await choir.cite({ citing: id, cited: ids[0] ?? "", claim: "the first of them" }, author(i));
      expect(first).toBe(!survived.some((article) => article.id === id));
      ids.push(id);
    }
    expect(await choir.list()).toHaveLength(count);
    expect(await choir.citations(ids[0] ?? "")).toBe(count - 1);
    const hash = await choir.exportHash();
    await choir.rebuild();
    expect(await choir.exportHash()).toBe(hash);
  });
});

function reasonsIn(index: string): string[] {
  const db = new Database(index, { readonly: true });
  const reasons = db.prepare<[], string>("SELECT reason FROM rejected ORDER BY seq").pluck().all();
  db.close();
  return reasons;
}

function sql(path: string, statement: string): void {
  const db = new Database(path);
  db.exec(statement);
  db.close();
}

async function overwrite(path: string, offset: number, length: number): Promise<void> {
  await using file = await open(path, "r+");
  await file.write(Buffer.alloc(Math.floor(length), 0x5a), 0, Math.floor(length), Math.floor(offset));
}

async function runUntilKilled(home: TestHome, moment: string): Promise<string | null> {
  const program = fileURLToPath(new URL("./support/killed.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, home.url, home.path, home.index, moment, idOf(0)], {
    stdio: "inherit",
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal;
}
