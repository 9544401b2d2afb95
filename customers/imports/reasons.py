"""Why a row was not brought in, and what was taken knowingly: kept as codes, put into words for the reader."""

from django.utils.translation import gettext_lazy as _

from .subjects import subject

WORDS = {
    "missing": _("%(column)s is missing."),
    "too_long": _("%(column)s is longer than %(most)s characters."),
    "bad_date": _("%(column)s: “%(value)s” is not a date. Write 2026-11-22."),
    "bad_amount": _("%(column)s: “%(value)s” is not an amount."),
    "bad_months": _("%(column)s: “%(value)s” is not a number of months."),
    "bad_number": _("%(column)s: “%(value)s” is no number: it needs a digit or letter, and at most 40 characters."),
    "bad_phone": _("%(column)s: “%(value)s” is not a phone or account number."),
    "bad_document": _("%(column)s is not a valid document number."),
    "bad_contract": _("%(column)s: “%(value)s” is neither a day nor a known term."),
    "not_yes_or_no": _("%(column)s: “%(value)s” is neither yes nor no."),
    "unknown_kind": _("%(column)s: “%(value)s” is no kind of customer."),
    "unknown_status": _("%(column)s: “%(value)s” is no status of a customer."),
    "unknown_language": _("%(column)s: “%(value)s” is no language of the product."),
    "unknown_line": _("%(column)s: “%(value)s” is no kind of line."),
    "unknown_payment_way": _("%(column)s: “%(value)s” is no known way of payment."),
    "unknown_tiers": _("The branch has no tier “%(value)s”."),
    "unknown_units": _("There is no unit “%(value)s” within your reach."),
    "unknown_communities": _("There is no community “%(value)s” within your reach."),
    "unknown_managers": _("The branch has no account manager “%(value)s”."),
    "unknown_plans": _("The branch has no plan “%(value)s”."),
    "line_twice": _("The line %(value)s stands twice in this row."),
    "line_taken": _("The line %(value)s belongs to another customer."),
    "line_of_row": _("A line of this row belongs to row %(row)s already."),
    "same_document": _("Customer %(value)s has the same ID document."),
    "out_of_reach": _("This customer is out of your reach."),
    "unknown_customers": _("The branch has no customer “%(value)s”."),
    "unknown_accounts": _("The branch has no account “%(value)s”."),
    "unknown_bills": _("The branch has no bill “%(value)s”."),
    "unknown_lines": _("The customer has no line “%(value)s”."),
    "unknown_currency": _("%(column)s: “%(value)s” is no currency code of three letters."),
    "unknown_service": _("%(column)s: “%(value)s” is no service."),
    "unknown_adjustment": _("%(column)s: “%(value)s” is no kind of adjustment."),
    "unknown_measure": _("%(column)s: “%(value)s” is no measure."),
    "bad_month": _("%(column)s: “%(value)s” is not a month. Write 2026-11."),
    "bad_time": _("%(column)s: “%(value)s” is not a time. Write 2026-11-22 10:30."),
    "bad_quantity": _("%(column)s: “%(value)s” is not a quantity."),
    "in_future": _("%(column)s lies in the future."),
    "due_before_issue": _("The bill is due before it was issued."),
    "not_above_zero": _("%(column)s has to be more than nothing."),
    "zero": _("%(column)s is nothing."),
    "below_zero": _("Bill %(value)s would be less than nothing."),
    "account_of_other": _("The account belongs to another customer."),
    "unknown_channel": _("%(column)s: “%(value)s” is no channel by which complaints come."),
    "unknown_state": _("%(column)s: “%(value)s” is no state of a complaint."),
    "days_disagree": _("“%(value)s” and “%(other)s” are not the same day."),
    "ends_before_begin": _("It was answered or closed before it was received."),
    "conflict": _("It is there already with other figures (%(columns)s) and is not overwritten."),
    "worked_here": _("Now “%(value)s” there, but it has been worked on here: what is here stays. Look at both."),
    "went_back": _("Now “%(value)s” there, but it is further here, and a file takes nothing back."),
    "width": _("The row has %(value)s columns, the header has %(most)s."),
    "broken": _("A quotation mark is not closed, or a cell is too long."),
    "encoding": _("Some characters cannot be read in the file's encoding."),
}
NOTES = {
    "never_billed": _(
        "%(n)s customers have no total charge: they came this month and were never billed. The total stays unknown."
    ),
    "to_class": _("Complaints that fit no keyword rule: %(n)s. They come in all the same and wait to be classed."),
    "cut_off": _("Only the first %(n)s rows were read. Split the file and upload what follows by itself."),
}
UNKNOWN = _("This value was not understood (%(code)s).")


class _Blanks(dict):
    """Values that were put away with the file show as a dash."""

    def __missing__(self, key):
        return "–"


def words_of(problem, about):
    """A problem of a row of a subject in the reader's language."""
    columns = [str(about.fields.label(code)) for code in problem.get("columns", [])]
    values = _Blanks(problem, column=about.fields.label(problem.get("column", "")), columns=_(", ").join(columns))
    return WORDS.get(problem["code"], UNKNOWN) % values


def reasons_of(row):
    """All reasons of a row, as sentences."""
    about = subject(row.batch.subject)
    said = [words_of(problem, about) for problem in row.problems]
    if row.same_as and row.outcome == "duplicate":
        said.append(about.same_as % {"row": row.same_as})
    return said


def notes_of(counts):
    return [NOTES[code] % {"n": n} for code, n in (counts.get("notes") or {}).items() if code in NOTES]
