import type { SourceContext } from "../contract/source.ts";

/** Returns the first matching element of an event's path. The path ends with document and window, which have no `matches`. */
export const firstMatch = (path: readonly Element[], selector: string): Element | undefined => {
  return path.find((target) => target.matches?.(selector));
};

/**
 * Listens for clicks of users until `stop()`. Ignores clicks by script. After a click on a label, the browser fires a
 * second click on the label's control, at the same point. Both count as one click on the control.
 *
 * The name is the `data-rum` attribute, otherwise `tag:` with the role or tag of the closest link, button or element
 * with a role, or of the element itself. Text, value and id of elements are never read. The path leads from the clicked
 * element to the window, through open shadow roots.
 */
export const onUserClick = (
  page: SourceContext,
  listener: (name: string, path: readonly Element[], event: MouseEvent) => void,
): void => {
  /** The point of the previous click, and the control that the browser clicks after it, if it was on a label. */
  let last: string;
  let labeled: Element | null | undefined;
  page.on(document, "click", (event: MouseEvent) => {
    const path = event.composedPath() as Element[];
    const point = [event.x, event.y] + "";
    const isEcho = labeled === path[0] && last === point;
    // A click on a control or a link inside a label belongs to that, not to the label.
    labeled = (firstMatch(path, "button,input,select,textarea,label,a[href]") as HTMLLabelElement | undefined)
      ?.control;
    last = point;
    if (labeled) path.unshift(labeled);
    const element = firstMatch(path, "a,button,[role]") ?? path[0]!;
    const name =
      firstMatch(path, "[data-rum]")?.getAttribute("data-rum") ||
      // Firefox before 119 has no property `role`.
      "tag:" + (element.getAttribute("role") || element.localName);
    if (event.isTrusted && !isEcho) listener(name, path, event);
  });
};
