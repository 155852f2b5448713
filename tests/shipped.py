"""The cases that are shipped, for tests that look at every one."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
CASES = ROOT / "cases"
OTHERS = ("materials", "studies", "fits", "measured")  # folders of other files than cases
SHIPPED = sorted(path for path in CASES.rglob("*.yaml") if path.parent.name not in OTHERS)
