import { type RefObject, useState } from "react";
import { chartPicture } from "../chart/chartPicture.ts";

interface ChartActionsProps {
  /** The title of the picture, and the start of its file's name. */
  title: string;
  box: RefObject<HTMLElement | null>;
}

/** Takes the chart elsewhere: as a picture, or as a link to the page in this state. */
export function ChartActions({ title, box }: ChartActionsProps) {
  const [isCopied, setCopied] = useState(false);
  const save = async (): Promise<void> => {
    const blob = box.current && (await chartPicture(box.current, title));
    if (blob) download(blob, `${title.toLowerCase().replaceAll(/[^a-z\d]+/g, "-")}.png`);
  };
  const copy = async (): Promise<void> => {
    // Only in secure contexts; elsewhere the address bar has the same. The token is never in the address.
    await navigator.clipboard?.writeText(location.href);
    setCopied(true);
  };
  return (
    <div className="chips chartActions">
      <button type="button" onClick={() => void save()}>
        Save as PNG
      </button>
      <button type="button" onClick={() => void copy()}>
        {isCopied ? "Link copied" : "Copy link"}
      </button>
    </div>
  );
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
