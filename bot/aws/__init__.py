"""Reading AWS: one narrow seam, read-only, cached, and honest about what it could not read."""
