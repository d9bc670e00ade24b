"""Reads the data files of knowledge/: YAML, validated by pydantic, a broken file told in one sentence."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.errors import BadInputError

KNOWLEDGE = Path(__file__).parent
"""The folder that the data files lie in."""

Model = TypeVar("Model", bound=BaseModel)

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel has it: ten times faster


def read_yaml(text: str, name: str, above: int = 0) -> Any:
    """The value that a YAML text holds.

    Args:
        text: The YAML.
        name: The file's name, for the sentence of an error.
        above: How many lines the file has above the YAML.

    Raises:
        BadInputError: The text is no YAML; the sentence names the file and the line.
    """
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 — both are safe loaders: they build no Python objects
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1 + above}" if mark else ""
        problem = getattr(error, "problem", None) or "it is no YAML"
        raise BadInputError(f"knowledge/{name}{line} can't be read: {problem}; fix the file.") from error


def validated(model: type[Model], value: object, name: str) -> Model:
    """A value as the model that its file must hold.

    Args:
        model: What the file must hold.
        value: What it holds.
        name: The file's name, for the sentence of an error.

    Raises:
        BadInputError: A member is missing, unknown or wrong; the sentence names the file and the member.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        problem = first["msg"].removeprefix("Value error, ")
        raise BadInputError(f"knowledge/{name}: {place}: {problem}; fix the file.") from error
