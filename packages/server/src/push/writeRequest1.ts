import type { Labels } from "../metrics/descriptor.ts";
import { labelsOfLine } from "./externalLabels.ts";
import { ProtobufWriter } from "./protobufWriter.ts";
import type { Point, PushedSeries } from "./pushedSeries.ts";

/** Fields of `prometheus.WriteRequest` (https://prometheus.io/docs/specs/prw/remote_write_spec/). */
const REQUEST = { timeseries: 1 };
const SERIES = { labels: 1, samples: 2 };
const LABEL = { name: 1, value: 2 };
const SAMPLE = { value: 1, timestamp: 2 };

/** Returns an encoder of `prometheus.WriteRequest` of remote write 1.0. */
export function createWriteRequest1(external: Labels): (points: readonly Point[]) => Buffer {
  const labelsOf = createLabelBytes(external);
  return (points) => {
    const request = new ProtobufWriter(65_536);
    for (const { series, samples } of points) {
      const labels = labelsOf(series);
      for (const index of series.lines.keys()) {
        request.message(REQUEST.timeseries, (line) => {
          line.raw(labels[index]!);
          for (const { at, values } of samples)
            line.message(SERIES.samples, (sample) => {
              if (values === undefined) sample.staleMarker(SAMPLE.value);
              else sample.double(SAMPLE.value, values[index]!);
              sample.integer(SAMPLE.timestamp, at);
            });
        });
      }
    }
    return request.finish();
  };
}

/** Encodes the labels of each line once, as long as its series lives: they are nine tenths of a request. */
function createLabelBytes(external: Labels): (series: PushedSeries) => readonly Buffer[] {
  const kept = new WeakMap<PushedSeries, readonly Buffer[]>();
  return (series) => {
    const known = kept.get(series);
    if (known) return known;
    const encoded = series.lines.map((line) => {
      const labels = new ProtobufWriter(256);
      for (const [name, value] of labelsOfLine(series, line, external))
        labels.message(SERIES.labels, (label) => label.text(LABEL.name, name).text(LABEL.value, value));
      return labels.finish();
    });
    kept.set(series, encoded);
    return encoded;
  };
}
