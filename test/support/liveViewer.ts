import type { LiveFrame, LiveTotal } from "@rumkit/protocol";

/** Someone who looks at the live stream all the time. */
export interface LiveViewer {
  /** Every series as the frames so far say: the snapshot, then what each delta changed. */
  totals(): LiveTotal[];
  leave(): Promise<void>;
}

/** Opens the live stream and follows it. Resolves with the first frame. */
export async function watchLive(origin: string): Promise<LiveViewer> {
  const abort = new AbortController();
  const response = await fetch(`${origin}/realtime/metrics`, { signal: abort.signal });
  const totals = new Map<string, LiveTotal>();
  let onFirst: () => void;
  const first = new Promise<void>((resolve) => {
    onFirst = resolve;
  });

  const follow = async (): Promise<void> => {
    for await (const frame of framesOf(response)) {
      for (const total of frame.totals) totals.set(JSON.stringify([total.metric, total.labels]), total);
      onFirst();
    }
  };
  const ended = follow().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });

  await Promise.race([first, ended]);
  return {
    totals: () => [...totals.values()],
    leave: () => {
      abort.abort();
      return ended;
    },
  };
}

async function* framesOf(response: Response): AsyncGenerator<LiveFrame> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) yield JSON.parse(data) as LiveFrame;
    }
  }
}
