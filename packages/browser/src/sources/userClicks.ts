import type { SourceContext } from "../contract/source.ts";

/** The first element of an event's path that matches. The path ends with the document and the window, which do not. */
export const firstMatch = (path: readonly Element[], selector: string): Element | undefined => {
  return path.find((target) => target.matches?.(selector));
};

/**
 * Listens to the clicks of users until `stop()`; a click by script is none. The browser answers a click on a label by
 * a second one on the label's control, at the same point. Both are one click, on the control.
 *
 * The name is declared by `data-rum`, else `tag:` with the role or tag of the closest link, button or element with a
 * role, or of the element itself. Neither text nor value nor id of an element is ever read. The path leads from
 * what was clicked to the window, through open shadow roots.
 */
export const onUserClick = (
  page: SourceContext,
  listener: (name: string, path: readonly Element[], event: MouseEvent) => void,
): void => {
  /** The click before, and the control that the browser clicks after it, if it was on a label. */
  let last: MouseEvent;
  let labeled: Element | false | null | undefined;
  page.on(document, "click", (event: MouseEvent) => {
    const path = event.composedPath() as Element[];
    const [target] = path;
    const isEcho = target === labeled && event.x === last.x && event.y === last.y;
    const control = (firstMatch(path, "label") as HTMLLabelElement | undefined)?.control;
    // A control within its label is clicked for itself, too.
    labeled = control !== target && control;
    last = event;
    if (labeled) path.unshift(labeled);
    const { role, localName } = firstMatch(path, "a,button,[role]") ?? path[0]!;
    const name = firstMatch(path, "[data-rum]")?.getAttribute("data-rum") || `tag:${role || localName}`;
    if (event.isTrusted && !isEcho) listener(name, path, event);
  });
};
