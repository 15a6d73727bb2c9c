"""The nouns, frozen. Stages share these types and nothing else. See docs/glossary.md."""
