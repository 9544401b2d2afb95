"""Staff of the demo branch: one known login for every role, and colleagues who fill the halls and desks."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password

from staff.models import Posting, User
from staff.rights import Role

PASSWORD = "yunling-demo-2026"  # noqa: S105  shared by the demo logins; they exist in demo databases only
AT_DESK = {
    Role.HOTLINE: "HOTLINE",
    Role.VIP_MANAGER: "VIPDESK",
    Role.GROUP_MANAGER: "GROUPDESK",
    Role.COMPLAINT_DESK: "COMPLAINTS",
    Role.DUNNING_CLERK: "DUNNING",
    Role.COMMISSION_CLERK: "COMMISSION",
    Role.QUALITY: "QUALITY",
}
AT_BRANCH = [Role.FINANCE, Role.BRANCH_HEAD, Role.DATA_STEWARD, Role.ADMIN, Role.PRIVACY_OFFICER]


def posts(org, size):
    """(role, unit) of everyone who works here; the first of each role is its login."""
    for i, hall in enumerate(org.halls):
        yield from hall_posts(hall, i, size)
    for role, desk, count in desk_posts(size):
        yield from ((role, org.desks[desk]) for _ in range(count))
    first_level = org.urban + org.rural
    yield from ((Role.COMMUNITY_LEADER, unit) for unit in first_level)
    yield from ((Role.COMMUNITY_MANAGER, first_level[i % len(first_level)]) for i in range(size.community_managers))
    yield from ((Role.CHANNEL_MANAGER, org.channel_groups[i % 3]) for i in range(size.channel_managers))
    yield Role.CHANNEL_SUPPORT, org.channel_groups[3]
    yield Role.CHANNEL_SUPERVISION, org.channel_groups[4]
    yield from ((Role.DEPARTMENT_HEAD, unit) for unit in (*org.departments, org.network, org.network))
    yield Role.AGENT, org.outlets[0]
    yield from ((role, org.branch) for role in AT_BRANCH)


def hall_posts(hall, i, size):
    """4 to 12 counters by the hall's class (domain 5)."""
    flagship, standard, _ = size.halls
    counters = 12 if i < flagship else 8 if i < flagship + standard else 4
    yield Role.DUTY_MANAGER, hall
    yield Role.GUIDE, hall
    yield from ((Role.CLERK, hall) for _ in range(counters))


def desk_posts(size):
    counts = {role: 3 for role in AT_DESK} | {
        Role.HOTLINE: 12,
        Role.VIP_MANAGER: size.vip_managers,
        Role.GROUP_MANAGER: size.group_managers,
    }
    return [(role, AT_DESK[role], count) for role, count in counts.items()]


def neighbour_posts(org):
    hall, branch = org.halls[0], org.branch
    yield from [(Role.CLERK, hall), (Role.DUTY_MANAGER, hall), (Role.HOTLINE, branch), (Role.VIP_MANAGER, branch)]
    yield from [(Role.DATA_STEWARD, branch), (Role.BRANCH_HEAD, branch), (Role.ADMIN, branch)]


def employ(org, posts, names, today, suffix=""):
    """Make the people and their postings; `org.people` lists them by role, the login first."""
    password = make_password(PASSWORD)
    people, postings, org.people = [], [], {}
    for role, unit in posts:
        name, pinyin, *_ = names.person()
        same = org.people.setdefault(role, [])
        login = role.value + suffix if not same else f"{pinyin}{len(people) + 1}{suffix}"
        person = User(
            username=login[:60], name=name, branch=org.branch, password=password if not same else make_password(None)
        )
        same.append(person)
        people.append(person)
        postings.append((person, role, unit))
    User.objects.bulk_create(people, batch_size=500)
    since = today - timedelta(days=400)
    Posting.objects.bulk_create(
        [Posting(user=person, role=role, unit=unit, valid_from=since) for person, role, unit in postings]
    )
    org.posts = {person.pk: unit for person, _, unit in postings}


def logins():
    """(role, username, name) of the demo login of each role, from the database."""
    found = dict(User.objects.filter(username__in=Role.values).values_list("username", "name"))
    return [(role, role, found[role]) for role in Role.values if role in found]
