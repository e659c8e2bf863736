"""Play one history again: `python -m tests.e2e.histories MARKET SEED`.

It prints the digest of all that came of it, or the steps that its failure needs.
"""

import sys
from time import monotonic

from tests.e2e.histories.seeded import Plot


def main(market: str, seed: int) -> None:
    """Play the history of a seed on `memory` or at the `sandbox`; raises what fails, shrunk."""
    plot, started = Plot.of(market, seed), monotonic()
    try:
        played = plot.play()
    except Exception:
        plot.shrunk().play()
        raise
    print(f"{played.digest} in {monotonic() - started:.2f} seconds")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
