/** The parts that `@rumkit/react/next-app` uses of Next.js, for builds where it is not installed. */
export function usePathname(): string;
export function useParams(): Record<string, string | string[]>;
