import type { Link } from "./link.js";
import { apiCode, codeOf } from "./transient.js";

/** Takes one message out of a stream; nothing happens if it is not there. */
export async function removeMessage(link: Link, stream: string, seq: number): Promise<void> {
  await link.patiently(`take message ${seq} out of ${stream}`, async () => {
    try {
      await link.jsm.streams.deleteMessage(stream, seq, false);
    } catch (error) {
      // The server has one answer to "it is not there" and to "it could not be done".
      if (codeOf(error) !== apiCode.deleteFailed || (await link.jsm.streams.getMessage(stream, { seq }))) throw error;
    }
  });
}
