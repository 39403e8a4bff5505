import Link from "next/link";

/** Links that Next.js prefetches: none of them is a call of the app. */
export default function Page() {
  return (
    <>
      <output>/</output>
      {[4, 5, 6, 7].map((id) => (
        <Link key={id} href={`/users/${id}`}>
          {id}
        </Link>
      ))}
    </>
  );
}
