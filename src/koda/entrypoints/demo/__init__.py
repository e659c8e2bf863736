"""The life of a purchase, played on the real adapters: what `koda demo` shows."""
