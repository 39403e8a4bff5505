import type { Source } from "../contract/source.ts";

/** A call that the snippet kept: the function's name and its arguments. */
type EarlyCall = ["record" | "trackError", ...rest: [never, never]];

/**
 * Source of a script that keeps failures from before the client's start. Put it into a `<script>` in the page's head,
 * before all others. It keeps up to 100 failures, in `rumEarly`, for every client of the page.
 */
export const earlySnippet =
  '((q,f=(...c)=>q[99]||q.push(c))=>{addEventListener("error",({target:{localName:name},error:e,message:m})=>name?f("record",{type:"resource_error",name}):f("trackError",e??m,{source:"uncaught"}),!0);addEventListener("unhandledrejection",e=>f("trackError",e.reason,{source:"rejection"}))})(rumEarly=[])';

/** Counts errors, rejections and failed resources from before the client's first start, if `earlySnippet` kept them. */
export const earlyErrors = (): Source => {
  let isDone = false;
  return (page) => {
    const { rumEarly = [] } = globalThis as { rumEarly?: EarlyCall[] };
    if (!isDone) for (const [call, ...rest] of rumEarly) page[call](...rest);
    isDone = true;
  };
};
