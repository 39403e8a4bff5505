import type { KeptMessage } from "./broker.ts";
import type { JetStreamLink } from "./jetStreamLink.ts";
import { JetStreamReader } from "./jetStreamReader.ts";
import { refuseTrimmed } from "./jetStreamStreams.ts";

/** Reads a stream from a sequence on: see `Broker.read`. */
export async function* readStream(
  link: JetStreamLink,
  stream: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<readonly KeptMessage[]> {
  const reader = new JetStreamReader(link, stream);
  signal.addEventListener("abort", reader.wake);
  try {
    let next = Math.max(from, 1);
    await refuseTrimmed(link, stream, next);
    while (!signal.aborted) {
      const chunk = reader.take();
      if (chunk.length === 0) {
        await reader.ask(next);
        await reader.wait(signal);
        continue;
      }
      const isDense = chunk.every(({ sequence }, index) => sequence === next + index);
      // Messages that someone deleted one by one leave gaps, too.
      if (!isDense) await refuseTrimmed(link, stream, next);
      next = chunk.at(-1)!.sequence + 1;
      yield chunk;
    }
  } finally {
    signal.removeEventListener("abort", reader.wake);
    reader.close();
  }
}
