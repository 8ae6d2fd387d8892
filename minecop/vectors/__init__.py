"""From passages to vectors, by whatever model; the default needs no network, no GPU and no torch."""
