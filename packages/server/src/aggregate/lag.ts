import type { Broker, Topic } from "../brokers/broker.ts";
import type { Recorder } from "../metrics/recorder.ts";

interface LagOptions {
  readonly broker: Pick<Broker, "bounds">;
  readonly topic: Topic;
  readonly recorder: Pick<Recorder, "record">;
  readonly labels: { readonly partition: string };
  readonly position: { readonly read: number; readonly kept: number };
  /** Arrival of the last message that was read, in milliseconds since 1970; 0 before the first. */
  readonly lastAt: () => number;
  readonly now: () => number;
}

/** Watches the distance between the end of a partition and what is counted of it. */
export function createLag({ broker, topic, recorder, labels, position, lastAt, now }: LagOptions) {
  let target = Number.POSITIVE_INFINITY;
  let isAsking = false;
  let isOver = false;
  const record = (messages: number, seconds: number): void => {
    // An answer that comes late must not stay as the lag of a partition that another aggregator counts.
    if (isOver) return;
    recorder.record({ metric: "rum_log_lag_messages", labels, value: messages });
    recorder.record({ metric: "rum_log_lag_seconds", labels, value: seconds });
  };
  const ask = async (): Promise<void> => {
    const { last } = await broker.bounds(topic);
    const messages = Math.max(last - position.read, 0);
    const isUnknown = messages > 0 && lastAt() === 0;
    record(messages, isUnknown ? Number.NaN : messages > 0 ? Math.max(now() - lastAt(), 0) / 1000 : 0);
  };
  return {
    get isCaughtUp() {
      return position.kept >= target;
    },
    begin: async (): Promise<void> => {
      target = (await broker.bounds(topic)).last;
    },
    tick: (): void => {
      if (isAsking) return;
      isAsking = true;
      // The reader reports a log that is away.
      void ask()
        .catch(() => record(Number.NaN, Number.NaN))
        .finally(() => {
          isAsking = false;
        });
    },
    end: (): void => {
      record(Number.NaN, Number.NaN);
      isOver = true;
    },
  };
}
