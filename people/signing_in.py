"""Who is behind a session: from memory, as far as nothing about them has changed."""

from django.contrib.auth.backends import ModelBackend

from people.models import User
from people.reference import account_of


class StaffBackend(ModelBackend):
    """Django's own, without asking the database for the user and the roles of each request."""

    def get_user(self, user_id: int) -> User | None:
        user = account_of(user_id)
        return user if user and self.user_can_authenticate(user) else None
