"""/pengetahuan/: articles to read."""

from django.urls import path

from knowledge import views

urlpatterns = [path("<slug:code>/", views.article, name="article")]
