"""How many requests a second the evaluator answers on one core, and how that changes with the size of the policies.

`python -m benchmarks.evaluator` prints two tables. The first answers each scene of `scenes.jsonl` (a realistic request
with AWS Backup's managed policy of 59 statements, a boundary, three levels of SCPs and a resource's policy): the bare
decision; the decision with the statements that made it and the layers that lack one; the same with the near misses;
and, as a baseline, the naive evaluator of the tests. The second adds statements to the identity policy of a scene
that name other actions.

Policies are compiled once, the request is made anew for every answer. Time is that of the process, so that other work
on the machine does not count, and each number is the median of several rounds.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bot.iam import Layer, Policy, PolicySet, Request, decide, evaluate, near_misses
from tests.iam.naive import evaluate as evaluate_naively

SCENES = Path(__file__).with_name("scenes.jsonl")
ROUNDS = 7
SECONDS_A_ROUND = 0.2
GROWTH = (1, 10, 100)

Member = dict[str, Any]


class Scene:
    """A request and its policies, compiled once.

    Args:
        members: The scene as a line of the evaluator.
    """

    def __init__(self, members: Member) -> None:
        self.members = members
        begin = time.process_time()
        self.policies = PolicySet(
            identity=_compiled(members["identity_policies"]),
            boundary=_compiled(members["permission_boundaries"]),
            scps=[_compiled(level) for level in members["service_control_policies"]],
            resource=_compiled([members["resource_policy"]])[0],
        )
        self.seconds_to_compile = time.process_time() - begin

    def request(self) -> Request:
        """The request, made anew."""
        members = self.members
        return Request(
            members["principal"],
            members["action"],
            members["resource"],
            resource_account=members["resource_account"],
            context=members["context"],
        )

    def decide(self) -> object:
        """The bare decision."""
        return decide(self.request(), self.policies)

    def evaluate(self) -> object:
        """The decision with the statements that made it and the layers that lack one."""
        evaluation = evaluate(self.request(), self.policies)
        return evaluation.decision, evaluation.by, evaluation.missing

    def explain(self) -> object:
        """The same with the near misses of the layers that lack one; of the identity policies where none does."""
        evaluation = evaluate(self.request(), self.policies)
        layers = evaluation.missing or (Layer.IDENTITY,)
        misses = [miss for layer in layers for miss in near_misses(evaluation.request, self.policies, layer)]
        return evaluation.by, [miss.sentence for miss in misses]

    def evaluate_naively(self) -> object:
        """The naive evaluator's answer."""
        return evaluate_naively(self.members)

    def grown(self, times: int) -> "Scene":
        """The scene with so many times the statements in its identity policy."""
        policy, *others = self.members["identity_policies"]
        statements = policy["policy"]["Statement"]
        service = self.members["action"].partition(":")[0]
        more = [
            {"Effect": "Allow", "Action": [f"{service}:Other{number}", f"s3:Get{number}*"], "Resource": "*"}
            for number in range(len(statements) * (times - 1))
        ]
        document = {**policy["policy"], "Statement": [*statements, *more]}
        return Scene({**self.members, "identity_policies": [{**policy, "policy": document}, *others]})


def _compiled(policies: list[Member]) -> list[Policy]:
    return [Policy.compile(each["name"], each["policy"]) for each in policies]


def rate(answer: Callable[[], object]) -> float:
    """How often something can be done in a second: the median of several rounds, after one that does not count."""
    _, *rounds = [_round(answer) for _ in range(ROUNDS + 1)]
    return median(rounds)


def _round(answer: Callable[[], object]) -> float:
    begin = time.process_time()
    done = 0
    while (spent := time.process_time() - begin) < SECONDS_A_ROUND:
        answer()
        done += 1
    return done / spent


def scene_rows(scenes: list[Scene]) -> Iterator[tuple[str, ...]]:
    """The first table: answers a second."""
    yield "scene", "decide", "evaluate", "with near misses", "naive", "evaluate / naive"
    for scene in scenes:
        explaining, naive = rate(scene.evaluate), rate(scene.evaluate_naively)
        rates = (rate(scene.decide), explaining, rate(scene.explain), naive)
        yield scene.members["id"], *(f"{each:,.0f}" for each in rates), f"{explaining / naive:,.0f} times"


def growth_rows(scene: Scene) -> Iterator[tuple[str, ...]]:
    """The second table: answers a second as the identity policy grows."""
    yield "statements", "compiled in ms", "decide", "evaluate", "with near misses"
    for times in GROWTH:
        grown = scene.grown(times)
        count = sum(len(policy.statements) for _, policy in grown.policies.policies(Layer.IDENTITY))
        rates = (rate(grown.decide), rate(grown.evaluate), rate(grown.explain))
        yield f"{count:,}", f"{grown.seconds_to_compile * 1000:,.1f}", *(f"{each:,.0f}" for each in rates)


def show(rows: Iterator[tuple[str, ...]]) -> None:
    """Prints a table in Markdown."""
    for place, row in enumerate(rows):
        print("| " + " | ".join(row) + " |", flush=True)
        if not place:
            print("|" + " --- |" * len(row))


def main() -> None:
    """Prints both tables."""
    scenes = [Scene(json.loads(line)) for line in SCENES.read_text().splitlines()]
    show(scene_rows(scenes))
    print()
    show(growth_rows(scenes[0]))


if __name__ == "__main__":
    main()
