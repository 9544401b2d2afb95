from complaints.models.answer_cards import AnswerCard, AnswerCardVersion
from complaints.models.callbacks import CallbackAnswer, Script, Survey
from complaints.models.categories import Category, Cause, KeywordRule
from complaints.models.clocks import Clock, Escalated
from complaints.models.complaints import Complaint, ComplaintSeries, StateChange
from complaints.models.duties import Duty
from complaints.models.incidents import Incident, IncidentUpdate
from complaints.models.macros import Macro, MacroUse
from complaints.models.policies import Policy, PolicyStep, PolicyVersion
from complaints.models.regulator import RegulatorCase
from complaints.models.rules import ComplaintRules
from complaints.models.suggestions import Suggestion, Topic
from complaints.models.work import Attachment, Compensation, Note, SubTask

__all__ = [
    "AnswerCard",
    "AnswerCardVersion",
    "Attachment",
    "CallbackAnswer",
    "Category",
    "Cause",
    "Clock",
    "Compensation",
    "Complaint",
    "ComplaintRules",
    "ComplaintSeries",
    "Duty",
    "Escalated",
    "Incident",
    "IncidentUpdate",
    "KeywordRule",
    "Macro",
    "MacroUse",
    "Note",
    "Policy",
    "PolicyStep",
    "PolicyVersion",
    "RegulatorCase",
    "Script",
    "StateChange",
    "SubTask",
    "Suggestion",
    "Survey",
    "Topic",
]
