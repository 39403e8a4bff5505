"use client";

import { useState } from "react";

function failInHandler(): void {
  throw new RangeError("The handler is broken.");
}

export default function Page() {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) throw new TypeError("The page is broken.");
  return (
    <>
      <output>/broken</output>
      <button onClick={() => setBroken(true)}>Break the page</button>
      <button onClick={failInHandler}>Break the handler</button>
      <button onClick={() => void fetch("/api/orders")}>Fetch orders</button>
    </>
  );
}
