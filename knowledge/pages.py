"""AWS's pages that rows and entries name as sources."""

from collections.abc import Mapping
from functools import cache

from pydantic import RootModel

from knowledge.files import KNOWLEDGE, read_yaml, validated


class _Pages(RootModel[Mapping[str, Mapping[str, str]]]):
    """`pages.yaml`: for each guide the addresses of its pages by their titles."""


@cache
def pages() -> Mapping[str, str]:
    """The address of each page by its title.

    Raises:
        BadInputError: The file is broken; the sentence says where.
    """
    path = KNOWLEDGE / "pages.yaml"
    guides = validated(_Pages, read_yaml(path.read_text(encoding="utf-8"), path.name), path.name)
    return {title: address for titles in guides.root.values() for title, address in titles.items()}
