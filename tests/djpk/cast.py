"""The people every page test knows."""

from people.models import Role, StaffRole, Unit, User

PASSWORD = "kata-sandi-uji"


def staff(username: str, name: str, *roles: Role) -> User:
    """A member of staff with roles; a Layer 2 agent belongs to the first unit there is."""
    user = User.objects.create_user(username, password=PASSWORD, display_name=name)
    for role in roles:
        unit = Unit.objects.first() if role == Role.AGENT_L2 else None
        StaffRole.objects.create(user=user, role=role, unit=unit)
    return user


def ratna() -> User:
    """A manager."""
    return staff("ratna", "Ratna Wulandari", Role.MANAGER)


def laras() -> User:
    """A Layer 1 agent, who reads no reports."""
    return staff("laras", "Laras Setyani", Role.AGENT_L1)
