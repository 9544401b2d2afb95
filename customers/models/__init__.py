from customers.models.assignments import ManagerAssignment
from customers.models.communities import Community
from customers.models.customer import ChangedMeanwhile, Customer
from customers.models.identifiers import Identifier
from customers.models.imports import Import, ImportLine, ImportMapping, ImportRow
from customers.models.interactions import Interaction, InteractionItem, Reason
from customers.models.lines import Line, LinePlan, Plan, PlanPrice
from customers.models.search import SearchEntry
from customers.models.series import NumberSeries
from customers.models.tiers import Tier

__all__ = [
    "ChangedMeanwhile",
    "Community",
    "Customer",
    "Identifier",
    "Import",
    "ImportLine",
    "ImportMapping",
    "ImportRow",
    "Interaction",
    "InteractionItem",
    "Line",
    "LinePlan",
    "ManagerAssignment",
    "NumberSeries",
    "Plan",
    "PlanPrice",
    "Reason",
    "SearchEntry",
    "Tier",
]
