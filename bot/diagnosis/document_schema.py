"""The JSON Schema of a document, as it is printed, published in docs/schemas and told to agents."""

from functools import cache
from typing import Any, Literal

from pydantic.json_schema import GenerateJsonSchema

from bot.diagnosis.model import Diagnosis
from bot.diagnosis.reading import TextDiagnosis


@cache
def schema_of(document: Literal["diagnosis", "error"]) -> dict[str, Any]:
    """The schema with its dialect and its own name and version.

    Args:
        document: That of `diagnose --json`, or that of `error --json`.
    """
    model = Diagnosis if document == "diagnosis" else TextDiagnosis
    members = model.model_json_schema(by_alias=True, mode="serialization")
    version = members["properties"]["schema"]["const"]
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:backup-why:{document}:{version}", **members}
