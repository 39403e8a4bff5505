import { type ReactNode, useContext } from "react";
import { FilterContext } from "./FilterContext.ts";

interface FigureNumberProps {
  figure: { readonly name: string; readonly title: string };
  /** The number as text. */
  text: string;
  className?: string;
  children?: ReactNode;
}

/** A number that shows its figure in the large chart. */
export function FigureNumber({ figure, text, className = "", children = text }: FigureNumberProps) {
  const { showFigure } = useContext(FilterContext);
  return (
    <button
      type="button"
      className={`filterValue ${className}`}
      aria-label={`${text}, show ${figure.title} in the large chart`}
      title={`Show ${figure.title} in the large chart`}
      onClick={() => showFigure(figure.name)}
    >
      {children}
    </button>
  );
}
