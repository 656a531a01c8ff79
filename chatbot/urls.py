"""/chatbot/: editor, trial, statistics."""

from django.urls import path

from chatbot import views

urlpatterns = [
    path("", views.statistics, name="chatbot-statistics"),
    path("menu/", views.editor, name="chatbot"),
    path("menu/ubah/", views.change, name="chatbot-change"),
    path("menu/coba/", views.trial, name="chatbot-trial"),
]
