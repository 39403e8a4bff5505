/** Alerts of a message that has room for some of them. */
export interface FittedAlerts<Part> {
  readonly parts: readonly Part[];
  /** Number of alerts without a part. */
  readonly leftOut: number;
}

/**
 * Renders alerts until a message is full. The first is always there: its texts are cut to fit.
 *
 * @param room The sizes of all parts together, at most.
 */
export function fitAlerts<Text, Part>(
  texts: readonly Text[],
  {
    render,
    sizeOf,
    room,
  }: {
    readonly render: (text: Text) => Part;
    readonly sizeOf: (part: Part) => number;
    readonly room: number;
  },
): FittedAlerts<Part> {
  const parts: Part[] = [];
  let size = 0;
  for (const text of texts) {
    const part = render(text);
    size += sizeOf(part);
    if (parts.length > 0 && size > room) break;
    parts.push(part);
  }
  return { parts, leftOut: texts.length - parts.length };
}
