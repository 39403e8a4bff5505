import type { Labels } from "../metrics/descriptor.ts";
import { labelsOfLine } from "./externalLabels.ts";
import { ProtobufWriter } from "./protobufWriter.ts";
import type { Point, PushedFamily } from "./pushedSeries.ts";

/** Fields of `io.prometheus.write.v2.Request` (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/). */
const REQUEST = { symbols: 4, timeseries: 5 };
const SERIES = { labelsRefs: 1, samples: 2, metadata: 5 };
const SAMPLE = { value: 1, timestamp: 2, startTimestamp: 3 };
const METADATA = { type: 1, helpRef: 3, unitRef: 4 };
const TYPES: Readonly<Record<string, number>> = { counter: 1, gauge: 2, histogram: 3, summary: 5 };

/** Returns an encoder of `io.prometheus.write.v2.Request` of remote write 2.0-rc.4. */
export function createWriteRequest2(external: Labels): (points: readonly Point[]) => Buffer {
  return (points) => {
    const symbols = createSymbols();
    const body = new ProtobufWriter(65_536);
    for (const { series, samples } of points) {
      const metadata = encodeMetadata(series.family, symbols);
      for (const [index, line] of series.lines.entries()) {
        const refs = new ProtobufWriter(64);
        for (const [name, value] of labelsOfLine(series, line, external)) {
          refs.varint(symbols.refOf(name));
          refs.varint(symbols.refOf(value));
        }
        body.message(REQUEST.timeseries, (one) => {
          one.bytes(SERIES.labelsRefs, refs.finish());
          for (const { at, values } of samples)
            one.message(SERIES.samples, (sample) => {
              if (values === undefined) sample.staleMarker(SAMPLE.value);
              else sample.double(SAMPLE.value, values[index]!);
              sample.integer(SAMPLE.timestamp, at);
              if (series.startedAt > 0) sample.integer(SAMPLE.startTimestamp, series.startedAt);
            });
          one.bytes(SERIES.metadata, metadata);
        });
      }
    }
    const request = new ProtobufWriter(body.length + 4_096);
    for (const symbol of symbols.all()) request.text(REQUEST.symbols, symbol);
    return request.raw(body.finish()).finish();
  };
}

function encodeMetadata({ type, help, unit }: PushedFamily, symbols: Symbols): Buffer {
  const metadata = new ProtobufWriter(32);
  metadata.integer(METADATA.type, Object.hasOwn(TYPES, type) ? TYPES[type]! : 0);
  metadata.integer(METADATA.helpRef, symbols.refOf(help)).integer(METADATA.unitRef, symbols.refOf(unit));
  return metadata.finish();
}

/** The texts of one request, each once. The empty text is the first, as the specification demands. */
interface Symbols {
  refOf(text: string): number;
  all(): Iterable<string>;
}

function createSymbols(): Symbols {
  const refs = new Map<string, number>([["", 0]]);
  return {
    refOf: (text) => {
      const known = refs.get(text);
      if (known !== undefined) return known;
      refs.set(text, refs.size);
      return refs.size - 1;
    },
    all: () => refs.keys(),
  };
}
