import { useActionTracking } from "@rumkit/react";

export function ProductPage() {
  const { trackAction, trackConversion } = useActionTracking();

  const handleAddToCart = (productId: string, price: number) => {
    // Track the action
    trackAction("add_to_cart", { productId, price });
    trackConversion("cart_addition", 1);
  };

  return <button onClick={() => handleAddToCart("123", 29.99)}>Add to Cart</button>;
}
