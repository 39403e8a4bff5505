import type { Catalog } from "@rumkit/protocol";
import { httpNamesOf } from "../catalog/httpNames.ts";
import { createChildOf } from "../metrics/recorder.ts";
import { createHttpRecorder } from "../instrument/httpRecorder.ts";
import { createInstruments } from "../instrument/instruments.ts";
import type { AppRegistry } from "../registry/registry.ts";
import type { CollectorOptions } from "./collector.ts";
import type { Store } from "./createStore.ts";
import type { Part } from "../part/part.ts";
import { createRejectionWarning } from "./warnings.ts";

/** The instruments of the app's own code: its requests, jobs, queries and caches. */
export interface Backend<C extends Catalog> extends Part {
  readonly http: ReturnType<typeof createHttpRecorder>;
  readonly instruments: ReturnType<typeof createInstruments<C>>;
  /** Called with each refused call of server code. */
  readonly onRejected: ReturnType<typeof createRejectionWarning>;
}

export function createBackend<C extends Catalog, R extends AppRegistry>(
  options: CollectorOptions<C, R>,
  catalog: Catalog,
  { recorder, onUnreadable }: Store<R>,
  verbose: boolean,
): Backend<C> {
  const onRejected = createRejectionWarning(verbose);
  const childOf = createChildOf(recorder);
  const http = createHttpRecorder(childOf, httpNamesOf(catalog));
  const instruments = createInstruments<C>({
    catalog,
    recorder,
    childOf,
    onRejected,
    onUnreadable,
    exceptions: options.exceptions ?? true,
  });
  return {
    http,
    instruments,
    onRejected,
    show: () => {
      http.showInFlight();
      instruments.readGauges();
    },
    leave: instruments.stop,
  };
}
