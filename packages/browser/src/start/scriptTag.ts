/**
 * The entry of `/rum.js`: the default set in one file, for pages without a bundler. Attributes of the tag are its
 * options, and `window.rumkit` is the client.
 */
import { createMetrics } from "../index.ts";
import type { Metrics, MetricsOptions } from "../contract/metrics.ts";

type Calls = Record<string, (...args: readonly unknown[]) => void>;

/** A call that came before this file: the name of a function of the client, and its arguments. */
type EarlyCall = readonly [name: string, ...args: unknown[]];

declare global {
  interface Window {
    /** The client; before that, what the stub of the page puts here. */
    rumkit?: Metrics | { q?: EarlyCall[] };
  }
}

/** The tag of this file. While a script runs the browser names it; a loader may run the text in another way. */
function findTag(): HTMLScriptElement | null {
  const { currentScript } = document;
  return currentScript instanceof HTMLScriptElement
    ? currentScript
    : document.querySelector("script[data-rumkit],script[src*='/rum.js']");
}

/** `data-debug` and `data-debug="true"` are on, `data-debug="false"` is off. */
const isOn = (flag?: string): boolean | undefined => (flag === undefined ? flag : flag !== "false");

/** The options that attributes say, such as `data-sample-rate="0.1"`. Those that are not there keep their default. */
function readOptions({ dataset, src }: Pick<HTMLScriptElement, "dataset" | "src">): MetricsOptions {
  // By name: a tag may have attributes of others, and what is no text of them would break the client.
  const { url, key, sampleRate, app, release, environment, consent, pageViews, credentials } = dataset;
  const { debug, embedded, start } = dataset;
  // The collector is where this file came from.
  const target = url || src.replace(/[^/]*([?#].*)?$/, src && "collect");
  const options: Record<string, unknown> = {
    app,
    release,
    environment,
    consent,
    pageViews,
    credentials,
    url:
      target && key ? `${target}${target.includes("?") ? "&" : "?"}key=${encodeURIComponent(key)}` : target,
    sampleRate: sampleRate && Number(sampleRate),
    debug: isOn(debug),
    embedded: isOn(embedded),
    start: isOn(start),
  };
  for (const name in options) if (options[name] === undefined || options[name] === "") delete options[name];
  return options;
}

const early = window.rumkit as { q?: EarlyCall[] } | undefined;
// A second tag on the page finds a client without a queue: everything counts once. An element with this id is no client.
if (!early || early.q || early instanceof Element) {
  const client = createMetrics(readOptions(findTag() ?? { dataset: {}, src: "" }));
  const call = ([name, ...args]: EarlyCall): void => (client as unknown as Calls)[name]?.(...args);
  window.rumkit = client;
  const queue = early?.q ?? [];
  for (const entry of queue.splice(0)) call(entry);
  // Functions that were taken out of the stub go on to work.
  queue.push = (...entries) => {
    for (const entry of entries) call(entry);
    return 0;
  };
}
