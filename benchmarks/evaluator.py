"""How many requests a second the evaluator answers on one core, and how that changes with the size of the policies.

`python -m benchmarks.evaluator` prints three tables. The first answers each scene of `scenes.jsonl` (a realistic
request with AWS Backup's managed policy of 59 statements, a boundary, three levels of SCPs and a resource's policy):
the bare decision; the decision with the statements that made it and the layers that lack one; the same with the near
misses; and, as a baseline, the naive evaluator of the tests. The second adds statements to the identity policy of a
scene that name other actions. In both, policies are compiled before the clock starts and the request is made anew for
every answer.

The third answers lines as `backup-why evaluate` gets them: cold, every document of every line being new to the process,
and warm, the six scenes in turn. Beside it stands @cloud-copilot/iam-simulate, which reads all documents for every
answer, on the same lines in the same run, where npm can install it.

Time is that of the process, so that other work on the machine does not count, and each number is the median of several
rounds; that of cold lines, which are cold but once, is of all of them.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bot.iam import Policy, PolicyLayer, PolicySet, Request, decide, evaluate, near_misses
from bot.iam.lines import evaluate_lines
from tests.iam.naive import evaluate as evaluate_naively

SCENES = Path(__file__).with_name("scenes.jsonl")
ROUNDS = 7
SECONDS_A_ROUND = 0.2
GROWTH = (1, 10, 100)

LINES = 1200
WARM_UP = 60
PEER = "@cloud-copilot/iam-simulate@0.1.173"
PEER_SCRIPT = Path(__file__).with_name("simulate.mjs")
ACCOUNT = "111122223333"

Member = dict[str, Any]


class Scene:
    """A request and its policies, compiled once.

    Args:
        members: The scene as a line of the evaluator.
    """

    def __init__(self, members: Member) -> None:
        self.members = members
        self.policies = PolicySet(
            identity=_compiled(members["identity_policies"]),
            boundary=_compiled(members["permission_boundaries"]),
            scps=[_compiled(level) for level in members["service_control_policies"]],
            resource=_compiled([members["resource_policy"]])[0],
        )

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
        layers = evaluation.missing or (PolicyLayer.IDENTITY,)
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
    yield "statements", "first answer in ms", "decide", "evaluate", "with near misses"
    for times in GROWTH:
        begin = time.process_time()
        grown = scene.grown(times)
        grown.evaluate()
        first = time.process_time() - begin
        count = sum(len(policy.statements) for _, policy in grown.policies.policies(PolicyLayer.IDENTITY))
        rates = (rate(grown.decide), rate(grown.evaluate), rate(grown.explain))
        yield f"{count:,}", f"{first * 1000:,.1f}", *(f"{each:,.0f}" for each in rates)


def cold_lines(scenes: list[Member]) -> Iterator[str]:
    """The scenes in turn, each with another account and one more statement in each of its documents."""
    for number in range(LINES):
        members = json.loads(json.dumps(scenes[number % len(scenes)]).replace(ACCOUNT, str(200000000000 + number)))
        more = {"Effect": "Deny", "Action": f"tag:Get{number}", "Resource": "*"}
        levels = [members["identity_policies"], members["permission_boundaries"], *members["service_control_policies"]]
        for policy in (policy for level in levels for policy in level):
            policy["policy"]["Statement"].append(more)
        members["resource_policy"]["policy"]["Statement"].append({**more, "Principal": "*"})
        yield json.dumps(members)


def line_rate(lines: list[str]) -> float:
    """How many lines the evaluator answers in a second, after some that do not count."""
    answers = StringIO()
    begin = 0.0

    def asked() -> Iterator[str]:
        nonlocal begin
        yield from lines[:WARM_UP]
        begin = time.process_time()
        yield from lines[WARM_UP:]

    evaluate_lines(asked(), answers)
    return (len(lines) - WARM_UP) / (time.process_time() - begin)


def peer_rates(kinds: dict[str, list[str]]) -> dict[str, float] | str:
    """How many of the same lines iam-simulate answers in a second; else why it can't be measured."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return "npm and node are not installed"
    with TemporaryDirectory() as place:
        installing = [npm, "install", "--silent", "--no-fund", "--no-audit", "--prefix", place, PEER]
        if subprocess.run(installing, capture_output=True, check=False).returncode:
            return f"npm can't install {PEER}"
        shutil.copy(PEER_SCRIPT, place)
        rates: dict[str, float] = {}
        for kind, lines in kinds.items():
            path = Path(place, f"{kind}.jsonl")
            path.write_text("\n".join(lines))
            ran = subprocess.run([node, PEER_SCRIPT.name, path], cwd=place, capture_output=True, check=True)
            rates[kind] = json.loads(ran.stdout)["rate"]
        return rates


def line_rows(scenes: list[Member]) -> Iterator[tuple[str, ...]]:
    """The third table: lines a second, cold and warm, beside iam-simulate."""
    kinds = {
        "cold": list(cold_lines(scenes)),
        "warm": [json.dumps(scenes[number % len(scenes)]) for number in range(LINES)],
    }
    rates = {"cold": line_rate(kinds["cold"]), "warm": median(line_rate(kinds["warm"]) for _ in range(ROUNDS))}
    peer = peer_rates(kinds)
    yield "lines", "backup-why evaluate", PEER, "times"
    for kind, rate_of_ours in rates.items():
        if isinstance(peer, str):
            yield kind, f"{rate_of_ours:,.0f}", f"skipped: {peer}", ""
        else:
            yield kind, f"{rate_of_ours:,.0f}", f"{peer[kind]:,.0f}", f"{rate_of_ours / peer[kind]:,.1f}"


def show(rows: Iterator[tuple[str, ...]]) -> None:
    """Prints a table in Markdown."""
    for place, row in enumerate(rows):
        print("| " + " | ".join(row) + " |", flush=True)
        if not place:
            print("|" + " --- |" * len(row))


def main() -> None:
    """Prints the tables."""
    members = [json.loads(line) for line in SCENES.read_text().splitlines()]
    scenes = [Scene(each) for each in members]
    show(scene_rows(scenes))
    print()
    show(growth_rows(scenes[0]))
    print()
    show(line_rows(members))


if __name__ == "__main__":
    main()
