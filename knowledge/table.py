"""The page docs/needs.md: how well the needs of each resource type and job are known.

`make docs` writes it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final, get_args

from knowledge.callers import operations
from knowledge.need import Basis, JobKind, Need, of_every_type, resource_types

_KINDS: Final = get_args(JobKind)
_BASES: Final = get_args(Basis)
_ABOVE: Final = """\
# What jobs need, and how well it is known

The rows of `knowledge/needs` by resource type and job: first the rows without which the job fails, then in brackets
the optional ones. This page is generated: `make docs` writes it, and a test compares it with the data.

- **documented**: an AWS page states that this principal makes this call for this job. A denial is `proven`.
- **managed policy**: AWS's managed policies imply the call, and no page states it. A denial is `likely` at most.
- **assumed**: neither. A denial is `possible` at most.

"Every type" is added to each of the others. Amazon DocumentDB has the rows of Aurora, but AWS's page "Managed policies
for AWS Backup" has no section for it: what is documented for backups and restores of Aurora counts as implied there.

| resource type | job | documented | managed policy | assumed |
|---|---|---|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    return _ABOVE + "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    files = [of_every_type(), *sorted(resource_types(), key=lambda needs: needs.type.casefold())]
    total: Counter[tuple[Basis, bool]] = Counter()
    for file in files:
        for kind in _KINDS:
            rows = file.of(kind)
            total += _counted(rows)
            if rows:
                yield _line("Every type" if file == of_every_type() else file.type, kind, _counted(rows))
    callers = _counted_by_basis(requirement.basis for operation in operations() for requirement in operation.needs)
    yield _line("A caller's operations", "", callers)
    yield _line("**All jobs**", "", total)


def _counted(rows: tuple[Need, ...]) -> Counter[tuple[Basis, bool]]:
    """How many rows there are of each basis, required and optional."""
    return Counter((row.basis, row.optional is not None) for row in rows)


def _counted_by_basis(bases: Iterator[Basis]) -> Counter[tuple[Basis, bool]]:
    return Counter((basis, False) for basis in bases)


def _line(name: str, kind: str, counted: Counter[tuple[Basis, bool]]) -> str:
    cells = (_cell(counted[basis, False], counted[basis, True]) for basis in _BASES)
    return f"| {name} | {kind} | {' | '.join(cells)} |"


def _cell(required: int, optional: int) -> str:
    return f"{required or '-'}{f' ({optional})' if optional else ''}"
