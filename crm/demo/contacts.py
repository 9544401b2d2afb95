"""Half a year of contacts with the demo customers, and the follow-ups that are due today."""

from datetime import datetime, time, timedelta
from itertools import accumulate
from uuid import UUID

from django.utils import timezone

from .chance import Quota

DAYS = 183
CHANNELS = {  # channel: (roles who work it, weight)
    "hall": (("clerk", "clerk", "clerk", "duty_manager", "guide"), 58),
    "hotline": (("hotline",), 24),
    "phone": (("community_manager", "clerk"), 8),
    "visit": (("community_manager",), 5),
    "wechat": (("hotline",), 5),
}
STAGES = (["pre_sale", "in_sale", "after_sale"], [18, 45, 100])
RESULTS = (["settled", "passed_on", "open", "declined"], [82, 92, 97, 100])
NOTES = [
    "客户到厅办理，已核对证件。",
    "来电咨询，已说明资费与生效时间。",
    "客户反映信号不稳，已登记地点。",
    "已告知优惠到期日，客户表示考虑。",
    "陪同家人办理，建议使用亲情号。",
    "",
    "",
    "",
]
FOLLOW_UPS = [
    "回访网络测速结果",
    "确认合约续签意向",
    "告知账单核查结果",
    "提醒携带证件补登记",
    "回访宽带安装满意度",
    "发送融合套餐方案",
]


class Contacts:
    """Adds to a block what one customer came for in the last half year."""

    def __init__(self, world):
        self.org, self.reasons, self.now, self.today = world.org, world.reasons, world.now, world.today
        self.rng = world.rng("contacts")
        self.quota = Quota(self.rng, world.size.contacts, world.size.customers)
        self.channels = [name for name, (roles, _) in CHANNELS.items() if self.workers(roles)]
        self.channel_weights = list(accumulate(CHANNELS[name][1] for name in self.channels))
        self.reason_weights = list(accumulate(1 / (i + 2) ** 0.6 for i in range(len(self.reasons))))

    def workers(self, roles):
        return [role for role in roles if role in self.org.people]

    def give(self, party, lines, block):
        """Contacts with their items; returns the time of the last one or None."""
        last = None
        for _ in range(self.quota.draw()):
            at = self.moment(party)
            if at is not None:
                self.contact(party, lines, at, block)
                last = at if last is None else max(last, at)
        return last

    def moment(self, party):
        """A time when halls are open, more of them lately, none before the customer came or after they left."""
        days = int(DAYS * self.rng.random() ** 1.4)
        opening = datetime.combine(self.today - timedelta(days=days), time(8, 30), timezone.get_default_timezone())
        at = opening + timedelta(seconds=int(10 * 3600 * self.rng.random()))
        if at >= self.now:
            at -= timedelta(days=1)
        there = party.joined_on <= at.date() and (party.left_on is None or at.date() <= party.left_on)
        return at if there else None

    def contact(self, party, lines, at, block):
        rng = self.rng
        channel, person = self.who(party)
        stage = rng.choices(STAGES[0], cum_weights=STAGES[1])[0]
        step, what, on, done = self.follow_up(at)
        unit = self.org.posts[person]
        outward = channel in ("visit", "phone")
        key = UUID(int=rng.getrandbits(128), version=4)
        note = rng.choice(NOTES)
        row = (party, unit, key, stage, channel, "out" if outward else "in", at, person, note, step, what, on, done)
        number = len(block.contacts)
        block.contacts.append(row)
        for position in range(1, 2 + (rng.random() < 0.22) + (rng.random() < 0.06)):
            reason = rng.choices(self.reasons, cum_weights=self.reason_weights)[0]
            line = rng.choice(lines) if lines and rng.random() < 0.7 else None
            result = rng.choices(RESULTS[0], cum_weights=RESULTS[1])[0]
            block.items.append((number, position, reason, line, "", result))

    def who(self, party):
        """(channel, id of the one who spoke): customers with an account manager mostly speak to them."""
        if party.manager and self.rng.random() < 0.6:
            return self.rng.choice(["phone", "visit", "wechat"]), party.manager
        channel = self.rng.choices(self.channels, cum_weights=self.channel_weights)[0]
        role = self.rng.choice(self.workers(CHANNELS[channel][0]))
        people = self.org.people[role]
        person = people[0] if self.rng.random() < 0.12 else self.rng.choice(people)
        return channel, person.pk

    def follow_up(self, at):
        """(next step, what, on which day, when it was done)."""
        age = (self.now - at).days
        if self.rng.random() > (0.16 if age < 12 else 0.04):
            return "none", "", None, None
        on = timezone.localdate(at) + timedelta(days=self.rng.randrange(1, 12))
        done = None
        if on < self.today and self.rng.random() < (0.7 if age < 12 else 0.985):
            done = min(at + timedelta(days=(on - timezone.localdate(at)).days, hours=2), self.now)
        return "follow_up", self.rng.choice(FOLLOW_UPS), on, done
