import { useCart } from "./cart.tsx";
import { useFeatureUsage } from "./metrics.ts";

/** Counts the features that a visit uses, from the moment it does. Renders nothing. */
export function Features() {
  const { currency } = useCart();
  return (
    <>
      {matchMedia("(prefers-color-scheme: dark)").matches && <DarkMode />}
      {currency !== "USD" && <CurrencyChoice />}
    </>
  );
}

function DarkMode() {
  useFeatureUsage("dark_mode");
  return null;
}

function CurrencyChoice() {
  useFeatureUsage("currency_choice");
  return null;
}
