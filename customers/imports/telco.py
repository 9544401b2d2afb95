"""The mapping for IBM's published sample of a telecom operator's customers (7,043 rows, 21 columns).

The customers have neither name nor phone: they are shown by their number. `tenure` counts months back from a day that
the importer states; contracts end with the first anniversary after it. Eleven customers of tenure 0 were never billed:
their total is blank and stays unknown. Churn is where the customer stands today.
"""

from django.utils.translation import gettext_lazy as _

from . import meanings, values
from .drafts import taking

NAME = "telco_churn"
TITLE = _("Telecom churn sample (IBM)")
HEADER = [
    *("customerID", "gender", "SeniorCitizen", "Partner", "Dependents", "tenure", "PhoneService", "MultipleLines"),
    *("InternetService", "OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport", "StreamingTV"),
    *("StreamingMovies", "Contract", "PaperlessBilling", "PaymentMethod", "MonthlyCharges", "TotalCharges", "Churn"),
]
EXPLAINED = [  # column(s), what becomes of them
    ("customerID", _("Customer number; also the beginning of the names of the lines")),
    (
        "gender, SeniorCitizen, Partner, Dependents, PaperlessBilling",
        _("Not taken over: the product has no use for it"),
    ),
    ("tenure", _("Customer since: so many months before the reference day")),
    ("PhoneService, MultipleLines", _("No phone line, one, or two")),
    ("InternetService", _("A broadband line on the plan DSL or Fiber optic")),
    (
        "OnlineSecurity, OnlineBackup, DeviceProtection, TechSupport, StreamingTV, StreamingMovies",
        _("Add-on services of the broadband line"),
    ),
    ("Contract", _("Contract end: the next anniversary after the reference day; none month to month")),
    ("PaymentMethod", _("Way of payment")),
    ("MonthlyCharges, TotalCharges", _("Monthly and total charge; blank with tenure 0: never billed yet")),
    ("Churn", _("Yes: left on the reference day, lines off-net")),
]
PLANS = [  # code, name, English name, kind: held by customers of the sample, sold by nobody
    ("TELCO-PHONE", "电话（单线）", "Phone, single line", "fixed"),
    ("TELCO-PHONE-MULTI", "电话（多线）", "Phone, multiple lines", "fixed"),
    ("TELCO-DSL", "DSL 宽带", "DSL", "broadband"),
    ("TELCO-FIBER", "光纤宽带", "Fiber optic", "broadband"),
]
INTERNET = {"DSL": "TELCO-DSL", "Fiber optic": "TELCO-FIBER", "No": None}
OPTIONS = {
    "OnlineSecurity": "Online security",
    "OnlineBackup": "Online backup",
    "DeviceProtection": "Device protection",
    "TechSupport": "Tech support",
    "StreamingTV": "Streaming TV",
    "StreamingMovies": "Streaming movies",
}
YES_NO = {"yes": set(), "no": {"no internet service", "no phone service"}}


def read(draft, cells, known):
    """Fill the draft from one row of the sample."""
    row = dict(zip(HEADER, cells, strict=True))
    draft.say("number", row["customerID"])
    tenure = taking(draft, "tenure", values.months, row["tenure"])
    if tenure is not None:
        draft.say("joined_on", values.months_before(known.day, tenure))
    for column, said in (("monthly_charge", "MonthlyCharges"), ("total_charge", "TotalCharges")):
        if row[said]:
            draft.say(column, taking(draft, said, values.money, row[said]))
    if not row["TotalCharges"]:
        never_billed(draft, tenure)
    draft.say("payment_way", taking(draft, "PaymentMethod", payment_way, row["PaymentMethod"]))
    draft.say("status", taking(draft, "Churn", values.word, row["Churn"], meanings.STATUSES, "unknown_status"))
    read_lines(draft, row, known)


def never_billed(draft, tenure):
    """A blank total is right for a customer of the first month, and an error for anybody else."""
    if tenure == 0:
        draft.notes.append("never_billed")
    else:
        draft.refuse("missing", column="TotalCharges")


def payment_way(text):
    return values.word(text, meanings.PAYMENT_WAYS, "unknown_payment_way")


def read_lines(draft, row, known):
    shared = {"activated_on": draft.values.get("joined_on"), "status": "active"}
    if draft.values.get("status") == "left":
        shared["status"] = "off_net"
    if contract := taking(draft, "Contract", contract_end, row["Contract"], shared["activated_on"], known.day):
        shared["contract_end"] = contract
    phones = [] if row["PhoneService"] == "No" else ["phone", "phone2"] if row["MultipleLines"] == "Yes" else ["phone"]
    for name in phones:
        plan = "TELCO-PHONE-MULTI" if len(phones) > 1 else "TELCO-PHONE"
        draft.lines.append(shared | {"ref": f"{row['customerID']}/{name}", "kind": "fixed", "plan_code": plan})
    plan = taking(draft, "InternetService", internet, row["InternetService"])
    if plan:
        options = [code for column, code in OPTIONS.items() if yes(draft, row, column)]
        ref = f"{row['customerID']}/internet"
        draft.lines.append(shared | {"ref": ref, "kind": "broadband", "plan_code": plan, "options": options})


def contract_end(text, since, day):
    term = values.word(text, meanings.TERMS | {0: meanings.NO_CONTRACT}, "bad_contract")
    return values.term_end(since, day, term) if term and since else None


def internet(text):
    if text not in INTERNET:
        raise values.Unfit("unknown_plans", value=text[:60])
    return INTERNET[text]


def yes(draft, row, column):
    return taking(draft, column, values.word, row[column], YES_NO, "not_yes_or_no") == "yes"
