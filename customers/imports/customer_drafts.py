"""One row of a file of customers as it will be staged."""

from dataclasses import dataclass, field

from customers.numbers import normalise
from customers.pinyin import keys

from .drafts import Draft, as_json

ROW = [
    *(
        "batch_id",
        "n",
        "problems",
        "notes",
        "number",
        "number_key",
        "kind",
        "status",
        "name",
        "pinyin",
        "initials",
        "language",
    ),
    *("birthday", "address", "tier_id", "unit_id", "community_id", "manager_id", "joined_on", "left_on"),
    *("monthly_charge", "total_charge", "payment_way", "document", "document_masked", "phones", "phone_keys"),
]
LINE = [
    *("batch_id", "n", "ref", "number", "value", "kind", "plan_code", "status", "options", "activated_on"),
    *("contract_end", "ended_on"),
]
SAID = ROW[6:25]  # the columns that hold one plain value
LONGEST_NUMBER = 40


@dataclass
class CustomerDraft(Draft):
    """A customer's row: beside its values its phones, and its lines as dicts."""

    phones: list = field(default_factory=list)  # of (written, key)
    lines: list = field(default_factory=list)

    def close(self):
        """What follows from what was said, when the row is read to its end."""
        self._check_number()
        said = self.values
        if said.get("left_on"):
            said["status"] = "left"
        if said.get("community_id"):
            said["unit_id"] = said["community_id"]  # a community serves its own (C01)
        if name := said.get("name"):
            said["pinyin"], said["initials"] = keys(name, group=said.get("kind") == "group")
        self._check_lines()

    def _check_number(self):
        number = self.values.get("number", "")
        if not number and not self.unread:
            self.refuse("missing", column="number")
        elif number and (len(number) > LONGEST_NUMBER or not normalise(number)):
            self.refuse("bad_number", column="number", value=number[:LONGEST_NUMBER])
            self.values["number"] = number[:LONGEST_NUMBER]

    def _check_lines(self):
        refs = [line["ref"] for line in self.lines]
        if len(set(refs)) < len(refs):
            twice = next(ref for ref in refs if refs.count(ref) > 1)
            self.refuse("line_twice", value=twice)
            self.lines = []

    def row(self, batch):
        """The values of ROW."""
        get = self.values.get
        return (
            batch,
            self.n,
            as_json(self.problems),
            as_json(self.notes),
            get("number", ""),
            normalise(get("number", "")),
            *map(get, SAID),
            _array(written for written, _ in self.phones),
            _array(key for _, key in self.phones),
        )

    def line_rows(self, batch):
        """The values of LINE for each line."""
        for line in self.lines:
            get = line.get
            options = None if get("options") is None else as_json(get("options"))
            yield (
                *(batch, self.n, line["ref"], get("number"), get("value"), line["kind"], get("plan_code")),
                *(get("status"), options, get("activated_on"), get("contract_end"), get("ended_on")),
            )


def _array(texts):
    """A PostgreSQL array literal of texts that hold no quote, comma, brace or backslash: numbers as written."""
    return "{" + ",".join('"' + text.replace("\\", "").replace('"', "") + '"' for text in texts) + "}"
