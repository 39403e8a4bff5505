import { createCollector, describeMetrics } from "@rumkit/server";
import {
  createCalendar,
  createHistory,
  createLive,
  createRecorder,
  createScrubber,
} from "@rumkit/server/internal/testing";
import { parseExposition } from "../../test/support/scrape.ts";
import { catalog, createBody, createId, ID_PLACE } from "../batch.ts";
import { orShort } from "../rounds.ts";

const ROUNDS = orShort(300);
const BATCHES = 500;

interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Measures the time of counting a batch with and without the windows and the history of the live page. */
export async function measureWindows() {
  const samples = await samplesOfBatch();
  const subjects = [
    { counting: "without windows", recorder: newRecorder(), best: Number.POSITIVE_INFINITY },
    {
      counting: "with windows and history",
      recorder: withLive(newRecorder()),
      best: Number.POSITIVE_INFINITY,
    },
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const subject of subjects) {
      const { record } = subject.recorder;
      const start = process.hrtime.bigint();
      for (let batch = 0; batch < BATCHES; batch += 1) for (const sample of samples) record(sample);
      subject.best = Math.min(subject.best, Number(process.hrtime.bigint() - start) / BATCHES / 1000);
    }
  }
  return subjects.map(({ counting, best }) => ({
    counting,
    samples: samples.length,
    "µs a batch": Number(best.toFixed(2)),
  }));
}

function newRecorder() {
  return createRecorder(describeMetrics(catalog));
}

type Recorder = ReturnType<typeof newRecorder>;

function withLive(recorder: Recorder): Recorder {
  const calendar = createCalendar();
  const history = createHistory({ wallNow: Date.now, steadyNow: Date.now, calendar });
  createLive({ catalog, recorder, scrub: createScrubber(), history, calendar, now: Date.now });
  return recorder;
}

/** Returns a sample for each series in which a collector has counted a batch of eleven events. */
async function samplesOfBatch(): Promise<Sample[]> {
  const collector = createCollector({ catalog, runtimeMetrics: false });
  await collector.app.request("http://127.0.0.1/collect", {
    method: "POST",
    headers: { host: "127.0.0.1", origin: "http://127.0.0.1", "user-agent": "Mozilla/5.0 Firefox/140.0" },
    body: createBody().replace(ID_PLACE, createId(1)),
  });
  const series = parseExposition(await (await collector.app.request("/metrics")).text());
  await collector.stop();
  return describeMetrics(catalog).flatMap(({ name, type, side, unit }) =>
    side === "page" && type !== "gauge"
      ? [...series].flatMap(([key, value]) => sampleOf(name, key, unit === "currency" ? value * 100 : value))
      : [],
  );
}

function sampleOf(metric: string, key: string, value: number): Sample[] {
  const [, shown, text = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(key) ?? [];
  // A histogram has one observation here, and its sum is the value.
  if (value === 0 || (shown !== metric && shown !== `${metric}_sum`)) return [];
  const labels = [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, label]) => [name, label] as const);
  return [{ metric, labels: Object.fromEntries(labels), value }];
}
