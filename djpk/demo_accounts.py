"""The demonstration accounts: invented people, one per role, all with one password that is no secret.

`load_demo` creates them and the sign-in page offers them, only where DERING_DEMO is set.
"""

import os
from dataclasses import dataclass

from people.models import Role, User

PASSWORD = "dering-peragaan"  # noqa: S105 - shown on the sign-in page of the demonstration


@dataclass(frozen=True, slots=True)
class DemoAccount:
    username: str
    name: str
    role: Role
    unit: str = ""

    @property
    def password(self) -> str:
        return PASSWORD

    @property
    def role_label(self) -> str:
        return f"{self.role.label} {self.unit}".strip()


ACCOUNTS = [
    DemoAccount("manajer", "Ratna Wulandari", Role.MANAGER),
    DemoAccount("penyelia", "Bagus Prakoso", Role.SUPERVISOR),
    DemoAccount("agen", "Laras Setyani", Role.AGENT_L1),
    DemoAccount("layer2", "Teguh Wiratama", Role.AGENT_L2, "PK.3"),
    DemoAccount("meja-depan", "Nirmala Sari", Role.FRONT_DESK),
    DemoAccount("ppid", "Yusuf Hanafi", Role.PPID_OFFICER),
    DemoAccount("admin", "Galih Permadi", Role.ADMINISTRATOR),
]


def shown_accounts() -> list[DemoAccount]:
    """The accounts to offer at sign-in: none unless DERING_DEMO is set, and only those that exist."""
    if os.environ.get("DERING_DEMO", "") not in {"1", "true", "yes", "on"}:
        return []
    names = [account.username for account in ACCOUNTS]
    there = set(User.objects.filter(username__in=names, is_active=True).values_list("username", flat=True))
    return [account for account in ACCOUNTS if account.username in there]
