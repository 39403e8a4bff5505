/**
 * Entry of `/rum.js`: the default set in one file, for pages without a bundler. Attributes of the script tag are the
 * options, and `window.rumkit` is the client.
 */
import { createMetrics } from "../index.ts";
import type { Metrics, MetricsOptions } from "../contract/metrics.ts";

type Calls = Record<string, (...args: readonly unknown[]) => void>;

/** A call made before this file loaded: the name of a function of the client, and its arguments. */
type EarlyCall = readonly [name: string, ...args: unknown[]];

declare global {
  interface Window {
    /** The client. Before it loads, the queue of the page's stub. */
    rumkit?: Metrics | { q?: EarlyCall[] };
  }
}

/** Finds the tag of this file. `currentScript` is missing if a loader runs the text in another way. */
function findTag(): HTMLScriptElement | null {
  const { currentScript } = document;
  return currentScript instanceof HTMLScriptElement
    ? currentScript
    : document.querySelector("script[data-rumkit],script[src*='/rum.js']");
}

/** Reads a flag: `data-debug` and `data-debug="true"` are true, `data-debug="false"` is false. */
const isOn = (flag?: string): boolean | undefined => (flag === undefined ? flag : flag !== "false");

/** Reads the options from attributes such as `data-sample-rate="0.1"`. Missing ones keep their default. */
function readOptions({ dataset, src }: Pick<HTMLScriptElement, "dataset" | "src">): MetricsOptions {
  // Only known names, because a tag may have attributes for other scripts, which could break the client.
  const { url, key, sampleRate, app, release, environment, consent, pageViews, credentials } = dataset;
  const { debug, embedded, start } = dataset;
  // Default: the collector that served this file.
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
// A second tag on the page finds a client without a queue and does nothing, so events count once. `window.rumkit` can
// also be an element with that id, which is not a client.
if (!early || early.q || early instanceof Element) {
  const client = createMetrics(readOptions(findTag() ?? { dataset: {}, src: "" }));
  const call = ([name, ...args]: EarlyCall): void => (client as unknown as Calls)[name]?.(...args);
  window.rumkit = client;
  const queue = early?.q ?? [];
  for (const entry of queue.splice(0)) call(entry);
  // Functions taken from the stub keep working.
  queue.push = (...entries) => {
    for (const entry of entries) call(entry);
    return 0;
  };
}
