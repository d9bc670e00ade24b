"""How people ask for an entry: `asked.yaml`, phrases that are no names of it."""

from collections.abc import Mapping
from functools import cache

from pydantic import RootModel

from knowledge.files import KNOWLEDGE, read_yaml, validated


class _Asked(RootModel[Mapping[str, tuple[str, ...]]]):
    """`asked.yaml`: phrases by the slug of their entry."""


@cache
def phrases() -> Mapping[str, tuple[str, ...]]:
    """The phrases by which each entry is asked for.

    Raises:
        BadInputError: The file is broken; the sentence says where.
    """
    path = KNOWLEDGE / "asked.yaml"
    return validated(_Asked, read_yaml(path.read_text(encoding="utf-8"), path.name), path.name).root
