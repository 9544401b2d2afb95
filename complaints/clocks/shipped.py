"""What a branch begins with, and what holds where no policy of its own fits (domain 2.3, 4.1)."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from complaints.models import Policy, PolicyStep, PolicyVersion
from complaints.models.states import Level
from staff.conditions import ONE_OF
from staff.models import Unit
from staff.rights import Role

HOUR = 60
WARNINGS = (50, 75, 90)
LEADERS = [Role.DUTY_MANAGER, Role.COMMUNITY_LEADER, Role.DEPARTMENT_HEAD, Role.BRANCH_HEAD]
TARGETS = {  # minutes until the first contact and the result, of the real clock
    Level.GENERAL: (24 * HOUR, 72 * HOUR),
    Level.RAISED: (4 * HOUR, 48 * HOUR),
    Level.MAJOR: (1 * HOUR, 24 * HOUR),
}
LEVELS = {Level.GENERAL: "一般", Level.RAISED: "升级", Level.MAJOR: "重大"}
LEVELS_EN = {Level.GENERAL: "General", Level.RAISED: "Raised", Level.MAJOR: "Major"}


@dataclass(frozen=True)
class Step:
    """As `PolicyStep`."""

    n: int
    clock: str
    at_percent: int
    owner: bool = True
    roles: tuple = ()
    rings: bool = False
    raises: bool = False


Kind = PolicyStep.Clock
LADDER = (
    Step(1, Kind.CONTACT, 80),
    Step(2, Kind.CONTACT, 100, roles=tuple(LEADERS), rings=True),
    Step(3, Kind.RESULT, 80),
    Step(4, Kind.RESULT, 100, roles=tuple(LEADERS), rings=True, raises=True),
    Step(5, Kind.RESULT, 200, roles=(Role.BRANCH_HEAD,), rings=True),
    Step(6, Kind.CALLBACK, 100, roles=tuple(LEADERS)),
)
# The steps of the law hold whatever a policy says; the head of the branch hears of each (2.1 no. 1, 4.1).
LAW = {
    step: Step(0, Kind.LEGAL, 0, roles=(Role.BRANCH_HEAD,), rings=True)
    for step in ("warning", "critical", "last day", "over")
}
WARNING = Step(0, Kind.RESULT, 0)


def targets(level: int) -> tuple[timedelta, timedelta]:
    contact, result = TARGETS[level]
    return timedelta(minutes=contact), timedelta(minutes=result)


def ship(branch: Unit):
    """The policies of a branch, by level; what it has under the same codes stays. Once or twice, it is the same."""
    for order, (level, (contact, result)) in enumerate(sorted(TARGETS.items(), reverse=True), start=1):
        names = {"name": f"{LEVELS[level]}投诉", "name_en": f"{LEVELS_EN[level]} complaints"}
        policy, is_new = Policy.objects.get_or_create(
            branch=branch, code=f"level-{level}", defaults=names | {"order": order * 10}
        )
        if is_new:
            _first_version(policy, level, contact, result)


def _first_version(policy, level, contact, result):
    asks = [{"field": "level", "is": ONE_OF, "values": [int(level)]}]
    version = PolicyVersion.objects.create(
        policy=policy, n=1, conditions=asks, contact_minutes=contact, result_minutes=result, warnings=list(WARNINGS)
    )
    PolicyStep.objects.bulk_create(PolicyStep(version=version, **asdict(step)) for step in LADDER)
