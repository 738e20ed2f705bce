"""One folder as a checkout of the head: scan, drift, checkout record and sync."""
