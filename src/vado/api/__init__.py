"""The HTTP API and its pages: puts into the inbox, reads the newest world, never solves."""
