"""Draws how the identities act in a backup, a restore and a copy into another account, from the needs (SVG).

Each box is an identity with the services that it calls, and how many of their actions some resource type needs of it.
What stands there is counted in `knowledge/needs`, so that a diagram can't say what the needs do not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Final

from knowledge.callers import of_operation
from knowledge.need import JobKind, of_every_type, resource_types

_TITLES: Final[Mapping[JobKind, str]] = MappingProxyType(
    {"backup": "A backup", "restore": "A restore", "copy": "A copy into another account"}
)
_OPERATIONS: Final[Mapping[JobKind, str]] = MappingProxyType(
    {"backup": "StartBackupJob", "restore": "StartRestoreJob", "copy": "StartCopyJob"}
)
_MOST_SERVICES: Final = 6
_WIDTH, _LINE, _PAD, _GAP, _TOP = 300, 20, 14, 70, 58
_INK, _PAPER, _SOFT, _EDGE = "#1f2937", "#ffffff", "#eef2ff", "#6366f1"


@dataclass(frozen=True, slots=True)
class Box:
    """An identity in a diagram.

    Args:
        name: Whose it is.
        account: Which account it is in.
        lines: What it does, a line each.
    """

    name: str
    account: str
    lines: tuple[str, ...]

    @property
    def height(self) -> int:
        """In pixels."""
        return _TOP + _LINE * len(self.lines) + _PAD


def diagram(kind: JobKind) -> str:
    """The diagram of a kind of job, as SVG."""
    boxes = list(boxes_of(kind))
    height = 60 + max(box.height for box in boxes) + _PAD
    width = len(boxes) * _WIDTH + (len(boxes) - 1) * _GAP + 2 * _PAD
    title = f"{_TITLES[kind]}: who calls what"
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d" '
        f'font-family="sans-serif" font-size="14" fill="{_INK}">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(" ".join(_said(box) for box in boxes))}</desc>',
        f'<rect width="{width}" height="{height}" rx="8" fill="{_PAPER}"/>',
        f'<text x="{_PAD}" y="30" font-size="17" font-weight="bold">{escape(title)}</text>',
    ]
    for number, box in enumerate(boxes):
        left = _PAD + number * (_WIDTH + _GAP)
        drawn += _box(box, left, 50)
        if number:
            drawn += _arrow(left - _GAP, 50 + _TOP // 2, "then" if number > 1 else "passes" if _passes(kind) else "")
    return "\n".join([*drawn, "</svg>", ""])


def boxes_of(kind: JobKind) -> Iterator[Box]:
    """The identities that act in a job of a kind, in their order."""
    operation = of_operation(_OPERATIONS[kind])
    if operation is not None:
        required = [action for need in operation.needs if need.optional is None for action in need.actions]
        yield Box("Caller", "who starts the job", tuple(required))
    yield Box("Job role", "assumed by backup.amazonaws.com", _services(kind, "job-role"))
    linked = _services(kind, "destination-service-linked-role")
    if linked:
        yield Box("AWSServiceRoleForBackup", "the destination's service-linked role", linked)


def _passes(kind: JobKind) -> bool:
    """Whether the caller passes the job role."""
    operation = of_operation(_OPERATIONS[kind])
    return operation is not None and any("iam:PassRole" in need.actions for need in operation.needs)


def _services(kind: JobKind, by: str) -> tuple[str, ...]:
    """The services that an identity calls, those of most actions first."""
    called: dict[str, set[str]] = {}
    for file in (of_every_type(), *resource_types()):
        for need in file.of(kind):
            if need.by == by:
                for action in need.actions:
                    called.setdefault(action.partition(":")[0], set()).add(action)
    ranked = sorted(called, key=lambda service: (-len(called[service]), service))
    lines = [f"{service}: {_counted(len(called[service]))}" for service in ranked[:_MOST_SERVICES]]
    more = len(ranked) - _MOST_SERVICES
    return (*lines, f"and {more} more services") if more > 1 else tuple(lines)


def _counted(number: int) -> str:
    return f"{number} action{'s' if number > 1 else ''}"


def _said(box: Box) -> str:
    return f"{box.name} ({box.account}): {', '.join(box.lines)}."


def _box(box: Box, left: int, top: int) -> list[str]:
    inside = left + _PAD
    lines = [
        f'<rect x="{left}" y="{top}" width="{_WIDTH}" height="{box.height}" rx="6" fill="{_SOFT}" stroke="{_EDGE}"/>',
        f'<text x="{inside}" y="{top + 24}" font-weight="bold">{escape(box.name)}</text>',
        f'<text x="{inside}" y="{top + 43}" font-size="12">{escape(box.account)}</text>',
    ]
    for number, text in enumerate(box.lines):
        y = top + _TOP + 12 + _LINE * number
        lines.append(f'<text x="{inside}" y="{y}" font-family="monospace" font-size="13">{escape(text)}</text>')
    return lines


def _arrow(left: int, y: int, label: str) -> list[str]:
    end = left + _GAP - 6
    return [
        f'<path d="M{left + 4} {y} H{end} m-7 -5 l7 5 l-7 5" fill="none" stroke="{_EDGE}" stroke-width="2"/>',
        f'<text x="{left + _GAP // 2}" y="{y - 8}" font-size="12" text-anchor="middle">{escape(label)}</text>',
    ]
