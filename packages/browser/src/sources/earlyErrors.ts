import type { Source } from "../contract/source.ts";

/** What the snippet kept: a call of the client, and its arguments. */
type EarlyCall = ["record" | "trackError", ...rest: [never, never]];

/**
 * The text of a script that keeps what fails before a client starts: put it into a `<script>` of the page's head, before
 * all others. A hundred failures at most are kept, in `rumEarly`, for every client of the page.
 */
export const earlySnippet =
  '((q,f=(...c)=>q[99]||q.push(c))=>{addEventListener("error",({target:{localName:name},error:e,message:m})=>name?f("record",{type:"resource_error",name}):f("trackError",e??m,{source:"uncaught"}),!0);addEventListener("unhandledrejection",e=>f("trackError",e.reason,{source:"rejection"}))})(rumEarly=[])';

/** Counts the errors, rejections and resources that failed before the client's first start, if `earlySnippet` kept them. */
export const earlyErrors = (): Source => {
  let isDone = false;
  return (page) => {
    const { rumEarly = [] } = globalThis as { rumEarly?: EarlyCall[] };
    if (!isDone) for (const [call, ...rest] of rumEarly) page[call](...rest);
    isDone = true;
  };
};
