from django.urls import path

from complaints.classing import views

urlpatterns = [
    path("complaints/to-class/", views.to_class, name="complaints-to-class"),
    path("complaints/to-class/by-rules/", views.apply_rules, name="complaints-apply-rules"),
    path("complaints/rules/", views.keyword_rules, name="keyword-rules"),
    path("complaints/rules/new/", views.new_rule, name="keyword-rule-new"),
    path("complaints/rules/count/", views.count, name="keyword-rules-count"),
    path("complaints/rules/<int:pk>/", views.keyword_rule, name="keyword-rule"),
]
