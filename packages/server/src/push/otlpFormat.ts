import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Labels } from "../metrics/descriptor.ts";
import { createOtlpRequest } from "./otlpRequest.ts";
import type { PushFormat } from "./pushFormat.ts";

const compress = promisify(gzip);

/** OTLP over HTTP, as protobuf: the form that every receiver of OTLP takes. */
export function otlp(external: Labels): PushFormat {
  return {
    name: "otlp",
    headers: { "content-encoding": "gzip", "content-type": "application/x-protobuf" },
    encode: createOtlpRequest(external),
    compress: (encoded) => compress(encoded),
    writtenHeaders: [],
  };
}
