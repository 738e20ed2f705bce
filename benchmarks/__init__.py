"""Benchmarks: each module here with a `run(quick)` measures one thing beside its peer, and yields rows of figures."""
