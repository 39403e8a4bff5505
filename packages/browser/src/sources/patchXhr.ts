import type { SourceContext } from "../contract/source.ts";
import type { BeginCall, Outcome, WatchedCall } from "./apiCalls.ts";
import { patch } from "./patch.ts";

/** A request between its `open` and its end. */
interface OpenedRequest {
  readonly address: string;
  readonly method: string;
  /** Headers set by the app. */
  readonly headers: Headers;
  end?: WatchedCall["end"] | undefined;
}

/** Last opened request of each object. An object may be opened repeatedly. */
const opened = new WeakMap<XMLHttpRequest, OpenedRequest>();

type Method = (this: XMLHttpRequest, ...args: string[]) => unknown;

/** Watches `XMLHttpRequest`. All calls are forwarded unchanged. */
export const patchXhr = (guard: SourceContext["guard"], begin: BeginCall): (() => void)[] => {
  const observe = guard((request: XMLHttpRequest, name: string, [first, second]: string[]) => {
    const call = opened.get(request);
    if (name === "open")
      opened.set(request, { method: String(first), address: second!, headers: new Headers() });
    else if (name !== "send") call?.headers.append(first!, second!);
    else if (call && !call.end) send(request, call, begin);
  });

  return ["open", "setRequestHeader", "send"].map((name) =>
    patch(XMLHttpRequest.prototype as unknown as Record<string, Method>, name, (original) => {
      return function (...args) {
        // A second `send` throws, and the request goes on.
        const isSend = name === "send" && !opened.get(this)?.end;
        if (isSend) observe(this, name, args);
        try {
          const result = original.apply(this, args);
          // After the call, because it has then succeeded.
          if (!isSend) observe(this, name, args);
          return result;
        } catch (error) {
          // A failing synchronous request throws and fires no event.
          if (isSend) end({ currentTarget: this, type: "error" });
          throw error;
        }
      };
    }),
  );
};

const send = (request: XMLHttpRequest, call: OpenedRequest, begin: BeginCall): void => {
  const watched = begin(call.address, call.method, call.headers);
  if (!watched) return;
  for (const name of Object.keys(watched.added))
    if (!call.headers.has(name)) request.setRequestHeader(name, watched.added[name]!);
  call.end = watched.end;
  // The same listener each time, so a reused object has it only once.
  for (const type of ["load", "error", "abort", "timeout"]) request.addEventListener(type, end);
};

function end({ currentTarget, type }: { currentTarget: unknown; type: string }): void {
  const request = currentTarget as XMLHttpRequest;
  const call = opened.get(request);
  call?.end?.(() =>
    type === "load"
      ? { status: request.status || undefined }
      : { failure: (type === "error" ? "network" : type) as NonNullable<Outcome["failure"]> },
  );
  if (call) call.end = undefined;
}
