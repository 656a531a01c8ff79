"""/pemberitahuan/."""

from django.urls import path

from tickets.notices import views

urlpatterns = [
    path("", views.notices, name="notifications"),
    path("lonceng/", views.bell, name="notification-bell"),
    path("semua/", views.all_seen, name="notifications-seen"),
    path("pilihan/", views.choose, name="notification-choices"),
]
