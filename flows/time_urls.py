"""Addresses of what concerns time: holds, incidents of the clock, rules, deadlines reckoned anew."""

from django.urls import path

from . import hold_pages, incident_pages, recompute_pages, rule_pages

urlpatterns = [
    path("ho-so/<str:code>/tam-dung/", hold_pages.hold, name="hold"),
    path("ho-so/<str:code>/ket-thuc-tam-dung/", hold_pages.lift, name="lift"),
    path("ho-so/<str:code>/cong-khai/", hold_pages.public, name="public"),
    path("su-co/", incident_pages.incident_list, name="incidents"),
    path("su-co/<int:step>/thu-lai/", incident_pages.incident_retry, name="incident_retry"),
    path("su-co/<int:step>/bo-qua/", incident_pages.incident_dismiss, name="incident_dismiss"),
    path("han/tinh-lai/", recompute_pages.recompute_page, name="recompute"),
    path("dot-thi-dua/<str:code>/han/", rule_pages.rules, name="rules"),
    path("dot-thi-dua/<str:code>/ngay/", rule_pages.dates, name="rule_dates"),
    path("dot-thi-dua/<str:code>/quy-tac/<int:pk>/ket-thuc/", rule_pages.rule_end, name="rule_end"),
]
