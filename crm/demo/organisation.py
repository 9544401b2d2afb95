"""Units of the demo branch: departments, halls, communities, desks, outlets, with their placements."""

from datetime import date
from itertools import cycle

from customers.models import Community
from customers.pinyin import keys
from staff.models import Placement, Unit

from . import places

FOUNDED = date(2008, 10, 1)
DESKS = [  # code, name, English name
    ("VIPDESK", "大客户中心", "Key account centre"),
    ("GROUPDESK", "政企客户部", "Group customers desk"),
    ("HOTLINE", "客服热线班", "Hotline team"),
    ("COMPLAINTS", "投诉处理中心", "Complaint desk"),
    ("DUNNING", "欠费催缴组", "Dunning team"),
    ("COMMISSION", "佣金结算组", "Commission desk"),
    ("QUALITY", "服务质量监督组", "Service quality desk"),
]
NETWORK = ("NETWORK", "网络维护部", "Network maintenance")  # serves no customers: it is asked for its part


CHANNEL_GROUPS = [
    ("CITY", "城区渠道组", "City channel group"),
    ("COUNTY", "县域渠道组", "County channel group"),
    ("RURAL", "农村渠道组", "Rural channel group"),
    ("SUPPORT", "渠道支撑组", "Channel support group"),
    ("SUPERVISION", "渠道督导组", "Channel supervision group"),
]


class Organisation:
    """The units of one branch by what they are: `.departments` of districts and counties, `.network`, `.halls`,
    `.communities`, `.desks`, `.outlets`.
    """

    def __init__(self, spelling):
        code, name, name_en = spelling
        self.branch = Unit.objects.create(kind="branch", code=code, name=name, name_en=name_en, valid_from=FOUNDED)
        self.branch.path = f"{self.branch.pk}/"
        self.branch.save(update_fields=["path"])
        Placement.objects.create(unit=self.branch, valid_from=FOUNDED)
        self.departments, self.halls, self.desks, self.outlets = [], [], {}, []
        self.urban, self.rural, self.villages = [], [], []

    def add(self, rows):
        """Units from (kind, parent, code, name, name_en), all at once; parents must stand already."""
        made = [
            Unit(kind=kind, parent=up, branch=self.branch, code=code, name=name, name_en=english, valid_from=FOUNDED)
            for kind, up, code, name, english in rows
        ]
        Unit.objects.bulk_create(made)
        for unit in made:
            unit.path = f"{unit.parent.path}{unit.pk}/"
            unit.town = getattr(unit.parent, "town", "") + unit.name.removesuffix("营业部")  # for addresses
            unit.county = getattr(unit.parent, "county", unit.town)
        Unit.objects.bulk_update(made, ["path"], batch_size=500)
        Placement.objects.bulk_create([Placement(unit=u, parent=u.parent, valid_from=FOUNDED) for u in made])
        return made

    @property
    def communities(self):
        return self.urban + self.rural + self.villages


def build(spelling, size):
    """The whole tree of a branch of this size."""
    org = Organisation(spelling)
    org.departments = org.add(
        ("department", org.branch, code, name, english) for code, name, english, _ in places.DEPARTMENTS
    )
    [org.network] = org.add([("department", org.branch, *NETWORK)])
    org.desks = {unit.code: unit for unit in org.add(("desk", org.branch, *desk) for desk in DESKS)}
    add_halls(org, size)
    add_communities(org, size)
    add_channels(org, size)
    return org


def add_halls(org, size):
    """Flagship and standard halls first in the districts; the small ones reach the counties."""
    rows = []
    for i in range(sum(size.halls)):
        department = org.departments[i % len(org.departments)]
        turn = i // len(org.departments)
        name, english = places.HALLS[min(turn, 2)]
        rank = "旗舰" if i < size.halls[0] else ""
        place = department.name.removesuffix("营业部")
        spelled = f"{place}{places.ROADS[turn]}路营业厅" if turn >= len(places.HALLS) else f"{place}{rank}{name}"
        rows.append(("hall", department, f"HALL{i + 1:02}", spelled, f"{department.name_en}: {english}"))
    org.halls = org.add(rows)


def add_communities(org, size):
    districts = org.departments[:3]
    counties = org.departments[3:]
    org.urban = add_level(org, "URBAN", "urban", places.spelled(places.URBAN_NAMES, size.urban, districts))
    org.rural = add_level(org, "RURAL", "rural", places.spelled(places.RURAL_NAMES, size.rural, counties))
    org.villages = add_level(org, "VILL", "village", places.spelled(places.VILLAGE_NAMES, size.villages, org.rural))


def add_level(org, prefix, level, named):
    """Communities of one level with their profiles (C05: two levels, C06: what makes one)."""
    rows, profiles = [], []
    for i, (parent, name) in enumerate(named, 1):
        suffix, sort = sort_of(level, i)
        english = keys(name)[0].capitalize() + {"urban": " community", "rural": " town", "village": " village"}[level]
        rows.append(("community", parent, f"{prefix}{i:03}", name + suffix, english))
        profiles.append((sort, 400 + i * 137 % 900 if level == "village" else 1_800 + i * 211 % 4_000))
    made = org.add(rows)
    setting = "urban" if level == "urban" else "rural"
    Community.objects.bulk_create(
        Community(unit=unit, setting=setting, sort=sort, households=households)
        for unit, (sort, households) in zip(made, profiles, strict=True)
    )
    return made


def sort_of(level, i):
    if level == "urban":
        return places.URBAN_SORTS[i % 3]
    return ("镇", "township") if level == "rural" else ("村", "village")


def add_channels(org, size):
    org.channel_groups = org.add(("channel_group", org.branch, *group) for group in CHANNEL_GROUPS)
    selling = org.channel_groups[:3]
    org.outlets = org.add(
        ("outlet", selling[i % 3], f"OUTLET{i + 1:03}", f"{road}路合作厅{i + 1}号", f"Outlet {i + 1}")
        for i, road in zip(range(size.outlets), cycle(places.ROADS), strict=False)
    )


def build_neighbour(spelling):
    """A branch of one department, one hall and one community."""
    org = Organisation(spelling)
    org.departments = org.add([("department", org.branch, "HC", "海城区营业部", "Haicheng district")])
    org.halls = org.add([("hall", org.departments[0], "HALL01", "海城区中心营业厅", "Haicheng central hall")])
    org.urban = add_level(org, "URBAN", "urban", [(org.departments[0], "渔港")])
    return org
