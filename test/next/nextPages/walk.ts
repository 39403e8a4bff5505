import { useRouter } from "next/router";
import { useEffect } from "react";

declare global {
  interface Window {
    walk?: { go: (path: string, options?: { replace?: boolean }) => void; back: () => void };
  }
}

/** The actions of the tests in every page. */
export function useWalk() {
  const router = useRouter();
  useEffect(() => {
    window.walk = {
      go: (path, options) => void (options?.replace ? router.replace(path) : router.push(path)),
      back: () => router.back(),
    };
  }, [router]);
  return router;
}
