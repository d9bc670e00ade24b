"""A forecast as files that build servers read: JUnit XML, and SARIF for code scanning.

Sources: "JUnit XML" as Jenkins and GitLab read it; "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"
(OASIS); "SARIF support for code scanning" (GitHub Docs).
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from bot import __version__
from bot.diagnosis.causes import thing
from bot.diagnosis.model import Cause, Certainty, Outcome
from bot.foresight.forecast import Forecast, ForecastJob
from bot.replies.causes import names_of, what_denies, who_changes_what
from bot.replies.document import words_of
from bot.replies.knowledge import find
from bot.replies.naming import Names
from bot.replies.titles import job_title

_NAME: Final = "backup-why check"
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Certainty.PROVEN: "error", Certainty.LIKELY: "error", Certainty.POSSIBLE: "warning"}


def junit(forecast: Forecast) -> str:
    """A forecast as JUnit XML: a case for each job. One that would be denied fails; one that is not known is skipped.

    Args:
        forecast: The forecast.
    """
    names, jobs = names_of(forecast), forecast.jobs
    counts = {
        "tests": str(len(jobs)),
        "failures": str(sum(job.outcome is Outcome.DENIED for job in jobs)),
        "skipped": str(sum(job.outcome is Outcome.UNDETERMINED for job in jobs)),
    }
    root = ET.Element("testsuites", {"name": _NAME, **counts})
    suite = ET.SubElement(root, "testsuite", {"name": forecast.about, "errors": "0", **counts})
    for job in jobs:
        _case(suite, forecast, job, names)
    if forecast.not_checked:
        ET.SubElement(suite, "system-out").text = "\n".join(("Not checked:", *forecast.not_checked))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, forecast: Forecast, job: ForecastJob, names: Names) -> None:
    title = job_title(job.job, names)
    case = ET.SubElement(suite, "testcase", {"classname": job.rule or forecast.about, "name": title})
    causes = [forecast.causes[position] for position in job.causes]
    if job.outcome is Outcome.DENIED:
        first, says = causes[0], "\n".join(_says(cause, names) for cause in causes)
        message = words_of(what_denies(first, names))
        ET.SubElement(case, "failure", {"type": first.code, "message": message}).text = says
    elif job.outcome is Outcome.UNDETERMINED:
        ET.SubElement(
            case, "skipped", {"message": f"Nothing that could be read denies the {title}. Not all could be read."}
        )


def sarif(forecast: Forecast, file: Path | None) -> str:
    """A forecast as SARIF: a result for each cause.

    Args:
        forecast: The forecast.
        file: The Terraform plan or the template that was checked, where there is one; results point to it.
    """
    names = names_of(forecast)
    rules = {cause.code: _rule(cause) for cause in forecast.causes}
    driver = {"name": "backup-why", "version": __version__, "rules": list(rules.values())}
    results = [_result(cause, names, list(rules).index(cause.code), file) for cause in forecast.causes]
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(cause: Cause) -> dict[str, Any]:
    entry = find(cause.knowledge or cause.code)
    text = entry.title if entry else cause.code
    return {"id": cause.code, "shortDescription": {"text": text}}


def _result(cause: Cause, names: Names, rule: int, file: Path | None) -> dict[str, Any]:
    place = (
        {"physicalLocation": {"artifactLocation": {"uri": file.as_posix()}, "region": {"startLine": 1}}} if file else {}
    )
    mark = hashlib.sha256("|".join(map(str, thing(cause))).encode()).hexdigest()
    return {
        "ruleId": cause.code,
        "ruleIndex": rule,
        "level": _LEVELS[cause.certainty],
        "message": {"text": _says(cause, names)},
        "partialFingerprints": {"cause/v1": mark},
        **({"locations": [place]} if place else {}),
    }


def _says(cause: Cause, names: Names) -> str:
    """What denies, and who must change what."""
    fix = f" {words_of(who_changes_what(cause.fix, names))}" if cause.fix else ""
    return f"{words_of(what_denies(cause, names))}{fix}"
