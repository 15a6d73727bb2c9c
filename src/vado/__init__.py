"""Vado: context-aware routing for field logistics. Read `vado.engine` first."""

__version__ = "0.1.0"
