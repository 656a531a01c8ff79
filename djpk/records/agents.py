"""Agents named in imported files: by user name or display name; who left long ago is made, inactive."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from people.models import Role, User
from people.staff import Grant, close_account, create_staff


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


@dataclass
class AgentIndex:
    """Users by user name, then by display name where only one bears it."""

    ids: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    @classmethod
    def load(cls) -> "AgentIndex":
        index = cls()
        users = list(User.objects.order_by("-is_active", "id").values_list("id", "username", "display_name"))
        bearers: dict[str, int] = {}
        for _id, _username, shown in users:
            bearers[_key(shown)] = bearers.get(_key(shown), 0) + 1
        for user_id, username, shown in users:
            index.names[user_id] = shown if shown.strip() and bearers[_key(shown)] == 1 else username
            if shown.strip() and bearers[_key(shown)] == 1:
                index.ids[_key(shown)] = user_id
        index.ids.update({_key(username): user_id for user_id, username, _shown in users})
        for user_id, name in index.names.items():
            if index.ids[_key(name)] != user_id:  # someone's display name is another's user name
                index.names[user_id] = next(username for one, username, _shown in users if one == user_id)
        return index

    def find(self, name: str) -> int | None:
        """The user's id; None when nobody has the name."""
        return self.ids.get(_key(name))

    def find_or_make(self, name: str, *, at: datetime, actor: User | None) -> int:
        """The user's id, of a new closed account without password when nobody has the name."""
        found = self.find(name)
        if found is None:
            user = create_staff(
                username=self._free_username(name),
                display_name=name,
                grants=[Grant(Role.AGENT_L1)],
                at=at,
                actor=actor,
            )
            close_account(user=user, at=at, actor=actor, reason="impor: agen yang tidak lagi bertugas")
            found = self.ids[_key(name)] = user.pk
            self.names[user.pk] = name
            self.made.append(name)
        return found

    def _free_username(self, name: str) -> str:
        """A user name that nobody would write in a file for someone else."""
        base = "impor." + (re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".")[:100] or "agen")
        number, candidate = 1, base
        while User.objects.filter(username__iexact=candidate).exists():
            number += 1
            candidate = f"{base}.{number}"
        return candidate
