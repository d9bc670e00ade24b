"""Incidents put together step by step: a healthy job, and what is done to it in turn."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.diagnosis.generated import (
    breaking_keys,
    breaking_organization,
    breaking_role,
    breaking_vault,
    innocent,
    messages,
)
from tests.diagnosis.generated.scene import Scene
from tests.diagnosis.generated.starting import start

Step = Callable[[Scene], object]


class Case(NamedTuple):
    """One incident, built when it is asked for."""

    id: str
    build: Callable[[], Scene]


BREAKERS = {
    **breaking_role.BREAKERS,
    **breaking_vault.BREAKERS,
    **breaking_organization.BREAKERS,
    **breaking_keys.BREAKERS,
}
"""What breaks a job, by the cause's code."""


def case(name: str, job: str, kind: str, *steps: Step, **options: Any) -> Case:
    """An incident: a healthy job is started under options of `start`, and the steps are taken."""

    def build() -> Scene:
        scene = start(f"{name} {job} {kind}", job, kind, **options)
        for step in steps:
            step(scene)
        return scene

    return Case(f"{name}-{job}-{kind}", build)


def broken(code: str, turn: int = 0) -> Step:
    """Breaks one thing and expects its cause."""
    return lambda scene: BREAKERS[code](scene, turn)


def tempted(turn: int, count: int = 3) -> Step:
    """Adds policies that look guilty and let the job through."""
    return lambda scene: innocent.tempt(scene, turn, count)


def told(text: str, category: str | None = "AccessDenied", state: str = "FAILED") -> Step:
    """Has the job fail with a text; it may name the scene's things, its session and its role in braces."""

    def step(scene: Scene) -> None:
        named = {name.replace(" ", "_"): arn for name, arn in scene.things.items() if name != "*"}
        fill = {
            "session": scene.session,
            "role": scene.role_arn,
            "here": scene.world.region,
            "there_region": scene.there,
        }
        scene.fail(text.format(**{**named, **fill}), category, state)

    return step


def vague(turn: int = 0) -> Step:
    """Has the job fail with next to nothing said."""
    return lambda scene: scene.fail(messages.VAGUE[turn % len(messages.VAGUE)])


def nothing_of_permissions(turn: int = 0) -> Step:
    """Has the job fail for a reason that no policy explains."""
    return lambda scene: messages.tell_nothing_of_permissions(scene, turn)


def expecting(outcome: str, **layers: str) -> Step:
    """Expects this outcome, and these verdicts of layers, their names with underscores."""

    def step(scene: Scene) -> None:
        scene.outcome = outcome
        scene.layers.update({layer.replace("_", "-"): verdict for layer, verdict in layers.items()})

    return step


def unreadable(whose: str, *services: str) -> Step:
    """Has an account (management, home or receiver) refuse the bot's reads of some services."""

    def step(scene: Scene) -> None:
        account = {"management": scene.world.management, "home": scene.home, "receiver": scene.receiver}[whose]
        scene.world.accounts[account]["unreadable"] = list(services)

    return step
