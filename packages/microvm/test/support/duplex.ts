import { Duplex } from "node:stream";

/** Two ends of one stream in memory: what is written to one is read from the other. */
export function duplexOf(): { ours: Duplex; theirs: Duplex } {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write(chunk, _, done) {
        other().push(chunk);
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const ours: Duplex = make(() => theirs);
  const theirs: Duplex = make(() => ours);
  return { ours, theirs };
}
