"""Benchmarks: fixed work, printed as a table, written as rows. Not collected by pytest."""
