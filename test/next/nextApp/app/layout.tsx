import type { ReactNode } from "react";
import { Metrics } from "./providers";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Metrics>{children}</Metrics>
      </body>
    </html>
  );
}
