import { FORM_REFUSAL_MS } from "../base/limits.ts";
import type { Source } from "../contract/source.ts";
import { firstMatch } from "./userClicks.ts";
import { rootTimer } from "../base/rootTimer.ts";

/** The route where a form was used, and its `submit` if fields were invalid then: where that is canceled, it was refused. */
type Use = readonly [route: string, doubtful?: Event | false];

/**
 * Counts by the form's `data-rum-form` name that a user began to fill it in, sent it, or left without sending it:
 * for another route, or the page. Forms without a name are `tag:form`. No field's value is read.
 *
 * A form that validation refuses is not sent, and goes on: the browser tells of no `submit` where it checks itself; an
 * app marks a field by `aria-invalid="true"` within a second, or cancels a `submit` with fields that are `:invalid`.
 */
export const forms = (): Source => (page) => {
  const startTimer = rootTimer();
  /** Forms that were begun, and forms that may be refused yet, with the route where. */
  const begun = new Map<HTMLFormElement, Use>();
  const sent = new Map<HTMLFormElement, Use>();
  /** The document and the shadow roots with a form that was used: a `submit` is heard within its tree only. */
  const trees = new WeakSet<Node>();
  /** The form that a script has read since the last input and click: `form.submit()` reads it, and fires no `submit`. */
  let collected: EventTarget | null | undefined;

  const record = (type: "start" | "submit" | "abandon", form: HTMLFormElement, route?: string): void => {
    page.record({ type: `form_${type}`, name: form.getAttribute("data-rum-form") || "tag:form" }, route);
  };

  const decide = (form: HTMLFormElement): void => {
    const [route, doubtful] = sent.get(form) ?? [];
    if (
      !sent.delete(form) ||
      (doubtful as Event)?.defaultPrevented ||
      form.querySelector("[aria-invalid=true]")
    )
      return;
    begun.delete(form);
    record("submit", form, route);
  };

  const leave = (isLeft: (route: string) => boolean): void => {
    for (const [form, [route]] of [...sent, ...begun]) {
      if (!isLeft(route)) continue;
      decide(form);
      if (!begun.delete(form)) continue;
      record(form === collected ? "submit" : "abandon", form, route);
    }
  };

  const watch = (tree: Node): void => {
    if (trees.has(tree)) return;
    trees.add(tree);
    page.on(tree, "submit", (event: Event) => {
      const form = event.target as HTMLFormElement;
      decide(form);
      sent.set(form, [page.route(), form.matches(":invalid") && event]);
      startTimer(() => decide(form), FORM_REFUSAL_MS);
    });
    page.on(tree, "formdata", ({ target }: Event) => {
      collected = target;
    });
  };

  /** The form that was used, if any. */
  const use = (event: Event): HTMLFormElement | null | undefined => {
    const path = event.composedPath() as Element[];
    const form =
      (path[0] as HTMLInputElement).form ?? (firstMatch(path, "form") as HTMLFormElement | undefined);
    collected = undefined;
    if (form) watch(form.getRootNode());
    return form;
  };

  watch(document);
  page.on(document, "click", use);
  page.on(document, "input", (event: Event) => {
    const form = use(event);
    if (!form) return;
    decide(form);
    if (begun.has(form)) return;
    begun.set(form, [page.route()]);
    record("start", form);
  });
  page.on(window, "pagehide", () => leave(() => true));
  page.hooks.events.push(({ type }) => {
    // A view that was gathered before a consent is told late: the user may still be there.
    if (type === "page_view") leave((route) => route !== page.route());
  });
  return () => {
    for (const [form] of sent) decide(form);
  };
};
