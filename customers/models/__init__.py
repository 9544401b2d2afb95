from customers.models.communities import Community
from customers.models.customer import Customer, ManagerAssignment, Tier
from customers.models.identifiers import Identifier
from customers.models.imports import Import, ImportMapping
from customers.models.interactions import Interaction, InteractionItem, Reason
from customers.models.lines import Line, LinePlan, Plan, PlanPrice
from customers.models.search import SearchEntry

__all__ = [
    "Community",
    "Customer",
    "Identifier",
    "Import",
    "ImportMapping",
    "Interaction",
    "InteractionItem",
    "Line",
    "LinePlan",
    "ManagerAssignment",
    "Plan",
    "PlanPrice",
    "Reason",
    "SearchEntry",
    "Tier",
]
