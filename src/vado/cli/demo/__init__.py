"""The demo: a province drawn from a seed, a storm over one of its days, drivers, and a screen to watch."""
