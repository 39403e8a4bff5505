import type { LiveFrame } from "@rumkit/protocol";

/** Totals by series: its value, and the sum of a histogram. */
export type Totals = Record<string, readonly number[]>;

/** Reads the first frame of a live stream. A live role exposes the counts of aggregators nowhere else. */
export async function readLiveTotals(stream: Response | Promise<Response>): Promise<Totals> {
  const reader = (await stream).body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let data: string | undefined;
  while (data === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The stream ended before its first frame: ${text}`);
    text += decoder.decode(value, { stream: true });
    data = /^data: (.*)\n\n/m.exec(text)?.[1];
  }
  await reader.cancel();
  const { totals } = JSON.parse(data) as LiveFrame;
  return Object.fromEntries(
    totals.map(({ metric, labels, value, sum = 0 }) => [`${metric} ${JSON.stringify(labels)}`, [value, sum]]),
  );
}
