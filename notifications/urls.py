"""Addresses of what people were told, and of the demo's mail."""

from django.urls import include, path

from . import views

told = [
    path("thong-bao/", views.inbox, name="list"),
    path("thong-bao/doc-het/", views.read_all, name="read_all"),
    path("thong-bao/<int:pk>/doc/", views.read, name="read"),
]

urlpatterns = [
    path("", include((told, "notifications"))),
    path("dung-thu/thu/", views.demo_mail, name="demo_mail"),
    path("dung-thu/thu/<int:pk>/", views.demo_letter, name="demo_letter"),
]
