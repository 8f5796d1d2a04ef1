"""Addresses of what people were told, how they want to be told, what became of the mails, and of the demo's mail."""

from django.urls import include, path

from . import delivery_pages, preference_pages, views

told = [
    path("thong-bao/", views.inbox, name="list"),
    path("thong-bao/doc-het/", views.read_all, name="read_all"),
    path("thong-bao/<int:pk>/doc/", views.read, name="read"),
    path("thong-bao/tuy-chon/", preference_pages.preferences, name="preferences"),
    path("thu-da-gui/", delivery_pages.deliveries, name="deliveries"),
    path("thu-da-gui/<int:pk>/gui-lai/", delivery_pages.resend, name="resend"),
    path("thu-da-gui/<int:pk>/bo-qua/", delivery_pages.dismiss, name="dismiss"),
]

urlpatterns = [
    path("", include((told, "notifications"))),
    path("dung-thu/thu/", views.demo_mail, name="demo_mail"),
    path("dung-thu/thu/<int:pk>/", views.demo_letter, name="demo_letter"),
]
