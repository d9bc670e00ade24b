"""Names and numbers that look like AWS's, made up from a seed so that every run makes the same ones."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_One = TypeVar("_One")
_BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Names:
    """The names of one incident.

    Args:
        seed: Whatever tells this incident from all others.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def hex(self, label: str, length: int = 17) -> str:
        """Lower-case hexadecimal digits, as ids of EC2 and EFS have them."""
        return hashlib.sha256(f"{self._seed}|{label}".encode()).hexdigest()[:length]

    def uuid(self, label: str) -> str:
        """A UUID, as ids of keys and jobs are."""
        digits = self.hex(label, 32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def account(self, label: str) -> str:
        """Twelve digits, the first not zero."""
        return str(10**11 + int(self.hex(label, 16), 16) % (9 * 10**11))

    def unique_id(self, prefix: str, label: str) -> str:
        """The unique id of an IAM role: AROA and sixteen or so letters and digits."""
        number = int(self.hex(label, 24), 16)
        return prefix + "".join(_BASE_32[number >> 5 * place & 31] for place in range(17))

    def pick(self, label: str, choices: Sequence[_One]) -> _One:
        """One of several, always the same."""
        return choices[int(self.hex(label, 8), 16) % len(choices)]
