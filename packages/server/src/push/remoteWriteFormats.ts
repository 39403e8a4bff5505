import type { Labels } from "../metrics/descriptor.ts";
import type { PushFormat } from "./pushFormat.ts";
import { createWriteRequest1 } from "./writeRequest1.ts";
import { createWriteRequest2 } from "./writeRequest2.ts";

/** Loaded with the first push: a collector that is scraped needs none of it. */
async function compress(encoded: Buffer): Promise<Uint8Array> {
  const { default: snappy } = await import("snappyjs");
  return snappy.compress(encoded);
}

/** Remote write 1.0: what every receiver takes. */
export function remoteWrite1(external: Labels): PushFormat {
  return {
    name: "1.0",
    headers: {
      "content-encoding": "snappy",
      "content-type": "application/x-protobuf",
      "x-prometheus-remote-write-version": "0.1.0",
    },
    encode: createWriteRequest1(external),
    compress,
    writtenHeaders: [],
  };
}

/** Remote write 2.0-rc.4, which is experimental. */
export function remoteWrite2(external: Labels): PushFormat {
  return {
    name: "2.0",
    headers: {
      "content-encoding": "snappy",
      "content-type": "application/x-protobuf;proto=io.prometheus.write.v2.Request",
      "x-prometheus-remote-write-version": "2.0.0",
    },
    encode: createWriteRequest2(external),
    compress,
    writtenHeaders: ["x-prometheus-remote-write-samples-written"],
    fallback: remoteWrite1(external),
  };
}
