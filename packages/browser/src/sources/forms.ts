import type { Source } from "../source.ts";

/**
 * Counts by the form's `data-rum-form` name that a user began to fill it in, sent it, or left without sending it:
 * for another route, or the page. Forms without a name are `tag:form`. No field, and nothing in it, is read.
 */
export function forms(): Source {
  return (page) => {
    /** Forms that were begun, with the route where. */
    const begun = new Map<HTMLFormElement, string>();
    const nameOf = (form: HTMLFormElement): string => form.getAttribute("data-rum-form") || "tag:form";

    function abandon(isLeft: (route: string) => boolean): void {
      for (const [form, route] of begun) {
        if (!isLeft(route)) continue;
        begun.delete(form);
        page.record({ type: "form_abandon", name: nameOf(form) }, route);
      }
    }

    page.on(document, "input", ({ target }: Event) => {
      const form = (target as HTMLInputElement).form ?? (target as Element).closest("form");
      if (!form || begun.has(form)) return;
      begun.set(form, page.route());
      page.record({ type: "form_start", name: nameOf(form) });
    });
    page.on(document, "submit", ({ target }: Event) => {
      const form = target as HTMLFormElement;
      begun.delete(form);
      page.record({ type: "form_submit", name: nameOf(form) });
    });
    page.on(window, "pagehide", () => abandon(() => true));
    page.hooks.events.push(({ type }) => {
      // A view that was gathered before a consent is told late: the user may still be there.
      if (type === "page_view") abandon((route) => route !== page.route());
    });
  };
}
