from django.urls import path

from customers.imports import views as imports
from customers.views import customer, details, listing, panels, parts, pop, presence, search, standing, visit

urlpatterns = [
    path("search/", search.search, name="search"),
    path("pop", pop.pop, name="pop"),
    path("pop/<uuid:token>/", pop.found, name="pop-found"),
    path("customers/", listing.customers, name="customers"),
    path("customers/count/", listing.count, name="customers-count"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/<int:pk>/", imports.show, name="import"),
    path("imports/<int:pk>/read-as/", imports.reread, name="import-reread"),
    path("imports/<int:pk>/check/", imports.check, name="import-check"),
    path("imports/<int:pk>/commit/", imports.commit, name="import-commit"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<int:pk>/failed-rows/", imports.failed_rows, name="import-failed"),
    path("customers/new/", details.new, name="customer-new"),
    path("customers/new/like/", details.duplicates, name="customer-like"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/here/", presence.here, name="customer-here"),
    path("customers/<int:pk>/parts/", parts.parts, name="customer-parts"),
    path("customers/<int:pk>/header/", customer.subject, name="customer-header"),
    path("customers/<int:pk>/edit/", details.edit, name="customer-edit"),
    path("customers/<int:pk>/lines/", panels.lines, name="customer-panel-lines"),
    path("customers/<int:pk>/numbers/", panels.identifiers, name="customer-panel-identifiers"),
    path("customers/<int:pk>/numbers/add/", standing.add_number, name="customer-number-add"),
    path("customers/<int:pk>/numbers/<int:number>/end/", standing.end_number, name="customer-number-end"),
    path("customers/<int:pk>/manager/", panels.manager, name="customer-panel-manager"),
    path("customers/<int:pk>/manager/assign/", standing.assign, name="customer-assign"),
    path("customers/<int:pk>/manager/<int:assignment>/withdraw/", standing.withdraw, name="customer-withdraw"),
    path("customers/<int:pk>/tier/", standing.tier, name="customer-tier"),
    path("customers/<int:pk>/timeline/", panels.timeline_panel, name="customer-panel-timeline"),
    path("customers/<int:pk>/visit/", visit.visit, name="visit"),
    path("contacts/<int:pk>/follow-up-done/", visit.follow_up_done, name="follow-up-done"),
]
