import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { articleId, type Choir, type Embedder, lexicalEmbedder } from "../src/index.js";
import { type TestHome, testHome } from "./support/home.js";
import { library } from "./support/writing.js";

// Many openings and publications a test, on whatever the machine has left.
vi.setConfig({ testTimeout: 120_000 });

const texts = library(2);

async function fill(choir: Choir, from: number, to: number): Promise<void> {
  for (const { subject, markdown } of texts.slice(from, to)) {
    await choir.publish({ markdown, author: "Ada", key: subject });
  }
}

const idOf = (i: number) => articleId(texts[i]?.subject ?? "");

async function cite(choir: Choir, citing: number, cited: number) {
  return await choir.cite({
    citing: idOf(citing),
    cited: idOf(cited),
    context: "see there",
    key: `c${citing}-${cited}`,
  });
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
      async () => writeFile(home.index, (await readFile(home.index)).subarray(0, 9_000)),
      () => writeFile(home.index, ""),
      () => writeFile(`${home.index}-wal`, "rubbish".repeat(9_000)),
    ]) {
      await damage();
      await using choir = await home.open();
      expect(await reports(choir)).toEqual(before);
      expect(await cite(choir, 4, 1)).toEqual({ first: false, count: 2 });
    }
    const reasons = home.events.map((event) => (event.type === "index_made" ? event.reason : event.message));
    expect(reasons.slice(2)).toEqual(["missing", "corrupt", "corrupt", "corrupt", "corrupt", "missing"]);

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
    const damage = () => {
      // What SQLite's own check at opening does not see: the word index has lost the lengths of its passages.
      const db = new Database(home.index).unsafeMode();
      db.exec("DELETE FROM words_docsize");
      db.close();
    };
    damage();
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

  it("sets effects aside that nobody could have written through it, and goes on", async () => {
    await using home = await testHome();
    await using choir = await home.open();
    await fill(choir, 0, 2);
    const effects = await home.backbone.effects("VIBEWRITER_EFFECTS", ["kb.publish.new", "citation.new.*"]);
    const stored = await effects.get("kb.publish.new", texts[0]?.subject ?? "");
    const payload = structuredClone(stored?.payload) as { document: { markdown: string } };
    payload.document.markdown += " forged";
    await effects.publishEffect("forged", { subject: "kb.publish.new", payload: payload });
    await effects.publishEffect("again", { subject: "kb.publish.new", payload: stored?.payload });
    await effects.publishEffect("nonsense", { subject: "kb.publish.new", payload: { v: 7 } });
    await effects.publishEffect("nowhere", { subject: "kb.publish.new", payload: { v: 1, file: "0".repeat(64) } });
    const event = { v: 1, citing: idOf(1), cited: idOf(0), context: "c", operation: "o" };
    await effects.publishEffect("moved", { subject: `citation.new.${idOf(1)}`, payload: event });
    await effects.publishEffect("self", { subject: `citation.new.${idOf(0)}`, payload: { ...event, citing: idOf(0) } });
    await effects.publishEffect("stranger", {
      subject: `citation.new.${idOf(0)}`,
      payload: { ...event, citing: "f".repeat(24) },
    });
    await effects.publishEffect("true", { subject: `citation.new.${idOf(0)}`, payload: event });
    await effects.publishEffect("twice", { subject: `citation.new.${idOf(0)}`, payload: event });
    await fill(choir, 2, 3);
    expect(await choir.list()).toHaveLength(3);
    expect(await choir.citations(idOf(0))).toBe(1);
    const hash = await choir.exportHash();
    await choir.rebuild();
    expect(await choir.exportHash()).toBe(hash);
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
    await expect(choir.publish(poison)).rejects.toMatchObject({ code: "dead_letter" });
    await fill(choir, 1, 3);
    expect(await choir.list()).toHaveLength(3);
    const [letter] = await home.backbone.deadLetters.list();
    expect(letter).toMatchObject({ kind: "projection", reason: "I choke on this.", tries: 6 });

    mended = true;
    expect(await home.backbone.deadLetters.retry(letter?.id ?? "")).toBe("applied");
    await vi.waitFor(async () => expect(await choir.list()).toHaveLength(4), 20_000);
    expect((await choir.list()).at(-2)).toMatchObject({ id: articleId("poison") });
    expect(await choir.publish(poison)).toMatchObject({ id: articleId("poison"), first: false });
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
      const citations = [{ article: idOf(0), context: "see there" }];
      const request = { markdown: `# Killed while ${moment}\n\nText.`, author: "Ada", key: moment, citations };
      expect((await choir.get(articleId(moment))).citations).toEqual(citations);
      expect(await choir.publish(request)).toMatchObject({ id: articleId(moment), first: false });
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
    const count = 25;
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
      const citations = ids.slice(0, 1).map((article) => ({ article, context: "the first of them" }));
      const { id, first } = await choir.publish({
        markdown: `# Article ${i}\n\nText ${i}.`,
        author: "Ada",
        key: `k${i}`,
        citations,
      });
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
