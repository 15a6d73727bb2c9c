"""`vado demo`: placeholder until written."""


def demo() -> int:
    return 0
