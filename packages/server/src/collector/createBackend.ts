import type { Catalog } from "@rumkit/protocol";
import { httpNamesOf } from "../catalog/httpNames.ts";
import { createHttpRecorder } from "../instrument/httpRecorder.ts";
import { steadyNow } from "../base/steadyNow.ts";
import { createInstruments } from "../instrument/instruments.ts";
import { createJobsInFlight, type JobsInFlight } from "../instrument/jobsInFlight.ts";
import { createChildOf, type Recorder } from "../metrics/recorder.ts";
import type { Part } from "../part/part.ts";
import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import { createRejectionWarning } from "./warnings.ts";

/** The recorder of the process, and the listener for metrics that cannot be read. */
interface BackendStore {
  readonly recorder: Recorder;
  readonly onUnreadable: UnreadableListener;
}

/** The instruments of the app's own code: its requests, jobs, queries and caches. */
export interface Backend<C extends Catalog> extends Part {
  readonly show: () => void;
  readonly leave: () => void;
  readonly http: ReturnType<typeof createHttpRecorder>;
  readonly jobsInFlight: JobsInFlight;
  readonly instruments: ReturnType<typeof createInstruments<C>>;
  /** Called with each refused call of server code. */
  readonly onRejected: ReturnType<typeof createRejectionWarning>;
}

export function createBackend<C extends Catalog>(
  options: { readonly exceptions?: boolean },
  catalog: Catalog,
  { recorder, onUnreadable }: BackendStore,
  verbose: boolean,
): Backend<C> {
  const onRejected = createRejectionWarning(verbose);
  const childOf = createChildOf(recorder);
  const http = createHttpRecorder(childOf, httpNamesOf(catalog));
  const jobsInFlight = createJobsInFlight(catalog, childOf, steadyNow);
  const instruments = createInstruments<C>({
    catalog,
    recorder,
    childOf,
    jobsInFlight,
    onRejected,
    onUnreadable,
    exceptions: options.exceptions ?? true,
  });
  return {
    http,
    instruments,
    jobsInFlight,
    onRejected,
    show: () => {
      http.showInFlight();
      instruments.readGauges();
      jobsInFlight.show();
    },
    leave: instruments.stop,
  };
}
