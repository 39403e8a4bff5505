/** The parts that `@rumkit/react/next-pages` uses of Next.js, for builds where it is not installed. */
export function useRouter(): {
  readonly asPath: string;
  readonly isReady: boolean;
  readonly pathname: string;
};
