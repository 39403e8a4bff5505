"use client";

import { useErrorReport } from "@rumkit/react/error-report";

export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  useErrorReport(error, { release: process.env.NEXT_PUBLIC_RELEASE ?? "" });
  return (
    <html lang="en">
      <body>Something went wrong.</body>
    </html>
  );
}
