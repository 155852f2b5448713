"""Numbers in SI with the prefix that suits them."""


def with_prefix(largest: float, unit: str) -> tuple[float, str]:
    """Factor and prefixed unit that bring a number in SI between 1 and 1000."""
    for factor, prefix in ((1e15, "f"), (1e12, "p"), (1e9, "n"), (1e6, "µ"), (1e3, "m")):
        if largest * factor < 1000:
            return factor, prefix + unit
    return 1.0, unit
