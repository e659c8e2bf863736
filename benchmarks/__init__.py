"""What Koda costs: `python -m benchmarks`. Ratios are taken within one run; trust those."""
