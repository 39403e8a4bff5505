import { epochNow } from "../live/sender.ts";

/** The live page's stream, as a browser reads it. */
export interface TotalsReader {
  /** The moments at which a total of 1, 2, 3, … had come: milliseconds since 1970. */
  readonly seenAt: readonly number[];
  close(): void;
}

/** Reads one metric's total from the frames of a live process. Resolves when the first frame has come. */
export async function readTotals(port: number, metric: string): Promise<TotalsReader> {
  const leave = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/realtime/metrics`, { signal: leave.signal });
  const seenAt: number[] = [];
  let isOpen = (): void => {};
  const opened = new Promise<void>((resolve) => (isOpen = resolve));
  const read = async (): Promise<void> => {
    let text = "";
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk as Uint8Array).toString();
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const data = /^data: ?(.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        const { totals = [] } = JSON.parse(data ?? "{}") as { totals?: { metric: string; value: number }[] };
        for (const total of totals)
          while (total.metric === metric && seenAt.length < total.value) seenAt.push(epochNow());
        isOpen();
      }
    }
  };
  read().catch(() => {});
  await opened;
  return { seenAt, close: () => leave.abort() };
}
