"""Addresses of this floor."""

from django.urls import URLPattern

app_name = "notifications"
urlpatterns: list[URLPattern] = []
