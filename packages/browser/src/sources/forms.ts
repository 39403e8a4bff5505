import type { Source } from "../source.ts";

/** After a `submit`, an app has so long to mark what it refuses: validation answers at once, and rendering is quick. */
const REFUSAL_MS = 1_000;

/**
 * Counts by the form's `data-rum-form` name that a user began to fill it in, sent it, or left without sending it:
 * for another route, or the page. Forms without a name are `tag:form`. No field's value is read.
 *
 * A form that validation refuses is not sent, and goes on: the browser tells of no `submit` where it checks itself, and
 * an app marks a field by `aria-invalid="true"` within a second.
 */
export function forms(): Source {
  return (page) => {
    /** Forms that were begun, and forms that may be refused yet, with the route where. */
    const begun = new Map<HTMLFormElement, string>();
    const sent = new Map<HTMLFormElement, string>();
    /** The form that a script has read since the last input and click: `form.submit()` reads it, and fires no `submit`. */
    let collected: EventTarget | null | undefined;

    function record(type: "start" | "submit" | "abandon", form: HTMLFormElement, route?: string): void {
      page.record({ type: `form_${type}`, name: form.getAttribute("data-rum-form") || "tag:form" }, route);
    }

    function decide(form: HTMLFormElement): void {
      const route = sent.get(form);
      if (!sent.delete(form) || form.querySelector("[aria-invalid=true]")) return;
      begun.delete(form);
      record("submit", form, route);
    }

    function leave(isLeft: (route: string) => boolean): void {
      for (const [form, route] of [...sent, ...begun]) {
        if (!isLeft(route)) continue;
        decide(form);
        if (!begun.delete(form)) continue;
        record(form === collected ? "submit" : "abandon", form, route);
      }
    }

    page.on(document, "submit", ({ target }: Event) => {
      const form = target as HTMLFormElement;
      decide(form);
      sent.set(form, page.route());
      setTimeout(() => decide(form), REFUSAL_MS);
    });
    page.on(document, "formdata", ({ target }: Event) => {
      collected = target;
    });
    const forget = (): void => {
      collected = undefined;
    };
    page.on(document, "click", forget);
    page.on(document, "input", ({ target }: Event) => {
      forget();
      const form = (target as HTMLInputElement).form ?? (target as Element).closest("form");
      if (!form) return;
      decide(form);
      if (begun.has(form)) return;
      begun.set(form, page.route());
      record("start", form);
    });
    page.on(window, "pagehide", () => leave(() => true));
    page.hooks.events.push(({ type }) => {
      // A view that was gathered before a consent is told late: the user may still be there.
      if (type === "page_view") leave((route) => route !== page.route());
    });
  };
}
