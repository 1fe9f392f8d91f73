"""Steps with sums, products and derivatives over indices, judged size by size."""
