"""Names as people write them, made comparable."""

from __future__ import annotations

import unicodedata


def without_accents(text: str) -> str:
    """Take the accents off letters, and write compatible signs alike."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def fold_name(text: str) -> str:
    """Make names comparable: no case, no accents, one space between words; signs stay as they are."""
    return " ".join(without_accents(text).casefold().split())
