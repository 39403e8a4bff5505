import type { CSSProperties, ReactNode } from "react";
import type { Category, Product } from "../products.ts";

/** A drawn cover: the category gives the shape, the id the colors. For the eye only. */
export function Cover({ product: { id, category } }: { product: Product }) {
  const style: CSSProperties & { "--hue": number } = { "--hue": hueOf(id) };
  return (
    <svg className="cover" style={style} viewBox="0 0 200 200" aria-hidden="true">
      <rect width="200" height="200" className="coverGround" />
      {shapes[category]}
    </svg>
  );
}

const shapes: Record<Category, ReactNode> = {
  books: (
    <>
      <rect x="55" y="32" width="96" height="140" rx="3" className="coverShade" />
      <rect x="50" y="28" width="96" height="140" rx="3" className="coverMain" />
      <rect x="50" y="28" width="12" height="140" rx="3" className="coverDeep" />
      <circle cx="104" cy="82" r="23" className="coverLight" />
      <path d="M81 130h46M88 142h32" className="coverLine" />
    </>
  ),
  games: (
    <>
      <rect
        x="38"
        y="44"
        width="84"
        height="118"
        rx="10"
        transform="rotate(-12 80 103)"
        className="coverDeep"
      />
      <rect
        x="78"
        y="42"
        width="84"
        height="118"
        rx="10"
        transform="rotate(8 120 101)"
        className="coverMain"
      />
      <path d="M122 72l20 29-20 29-20-29z" transform="rotate(8 120 101)" className="coverLight" />
    </>
  ),
  music: (
    <>
      <circle cx="103" cy="104" r="70" className="coverShade" />
      <circle cx="100" cy="100" r="70" className="coverDeep" />
      <circle cx="100" cy="100" r="57" className="coverGroove" />
      <circle cx="100" cy="100" r="45" className="coverGroove" />
      <circle cx="100" cy="100" r="27" className="coverMain" />
      <circle cx="100" cy="100" r="5" className="coverLight" />
    </>
  ),
};

/** 0 to 359, the same for the same id: FNV-1a, 32 bits. */
function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0) % 360;
}
