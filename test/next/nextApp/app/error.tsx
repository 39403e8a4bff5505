"use client";

import { useErrorReport } from "@rumkit/react/error-report";

type Props = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: Props) {
  useErrorReport(error);
  return <button onClick={reset}>Try again</button>;
}
