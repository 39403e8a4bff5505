import type { Source } from "../contract/source.ts";
import { firstMatch } from "./userClicks.ts";
import { rootTimer } from "../base/rootTimer.ts";
import { FORM_REFUSAL_MS } from "../base/limits.ts";
import { openTrees } from "./openTrees.ts";

/**
 * Route on which a form was used, and its `submit` event if fields were invalid at that time. If the app cancels such an
 * event, the form was rejected.
 */
type Use = readonly [route: string, doubtful?: Event | false];

/**
 * Counts starts, submissions and abandonments of forms, by their `data-rum-form` name. A form is abandoned if the user
 * leaves the route or the page without submitting it. Forms without a name are `tag:form`. Values of fields are never
 * read.
 *
 * A form rejected by validation is not submitted, and its use continues. The browser fires no `submit` if its own
 * validation fails. An app marks a field with `aria-invalid="true"` within a second, or cancels a `submit` while fields
 * are `:invalid`.
 */
export const forms = (): Source => (page) => {
  const startTimer = rootTimer();
  /** Started forms, and sent forms that may still be rejected, each with its route. */
  const begun = new Map<HTMLFormElement, Use>();
  const sent = new Map<HTMLFormElement, Use>();
  /** The document, and shadow roots with used forms: `submit` does not leave its shadow tree. */
  const trees = new WeakSet<Node>();
  /** Set while forms are being left: Firefox may end a script amid an exit, and then the next flush goes on. */
  let left: unknown;
  /** Form whose data a script has read since the last input or click: `form.submit()` does so and fires no `submit`. */
  let collected: EventTarget | null | undefined;

  const record = (type: "start" | "submit" | "abandon", form: HTMLFormElement, route?: string): void => {
    page.record({ type: `form_${type}`, name: form.getAttribute("data-rum-form") || "tag:form" }, route);
  };

  const decide = (form: HTMLFormElement): void => {
    const use = sent.get(form);
    if (
      sent.delete(form) &&
      !(use![1] as Event)?.defaultPrevented &&
      ![form, ...Array.from(form)]
        .flatMap(openTrees)
        .some(
          (tree) =>
            (tree as Element).matches?.("[aria-invalid=true]") || tree.querySelector("[aria-invalid=true]"),
        )
    ) {
      begun.delete(form);
      record("submit", form, use![0]);
    }
  };

  /** Ends the use of all forms except those on the route `kept`. */
  const leave = (kept: unknown): void => {
    left = kept;
    for (const [form, [route]] of [...sent, ...begun]) {
      if (route === kept) continue;
      decide(form);
      if (begun.has(form)) record(form === collected ? "submit" : "abandon", form, route);
      begun.delete(form);
    }
    left = 0;
  };

  const watch = (tree: Node): void => {
    if (trees.has(tree)) return;
    trees.add(tree);
    page.on(tree, "submit", (event: SubmitEvent) => {
      const form = event.target as HTMLFormElement;
      decide(form);
      const button = event.submitter as HTMLButtonElement | null;
      if (
        !(
          button?.matches("[value=cancel],[value=close],[formmethod=dialog]") ||
          (form.matches("[method=dialog]") && (button?.formNoValidate || !(button?.value || begun.has(form))))
        )
      )
        sent.set(form, [page.route(), form.matches(":invalid") && event]);
      startTimer(() => decide(form), FORM_REFUSAL_MS);
    });
    page.on(tree, "formdata", ({ target }: Event) => {
      collected = target;
    });
  };

  /** Returns the form of an input or a click, if any. */
  const use = (event: Event): HTMLFormElement | null | undefined => {
    const path = event.composedPath() as Element[];
    const form =
      (firstMatch(path, "button,input,select,textarea") as HTMLInputElement | undefined)?.form ??
      (firstMatch(path, "form") as HTMLFormElement | undefined);
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
  page.on(window, "pagehide", leave);
  page.hooks.flushes.push(() => {
    if (left) leave(left);
  });
  page.hooks.events.push(({ type }) => {
    // A view gathered before consent arrives late, when the user may still be on its route.
    if (type === "page_view") leave(page.route());
  });
  return () => {
    for (const [form] of sent) decide(form);
  };
};
