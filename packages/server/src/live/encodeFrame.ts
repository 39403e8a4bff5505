import type { LiveFrame } from "@rumkit/protocol";

const encoder = new TextEncoder();

/** A frame as one server-sent event (HTML standard, 9.2.6). JSON has no raw line break, so one data line does. */
export function encodeFrame(frame: LiveFrame): Uint8Array {
  return encoder.encode(`event: ${frame.kind}\nid: ${frame.id}\ndata: ${JSON.stringify(frame)}\n\n`);
}
