"""Other spellings of regions. The regions themselves come with the Kemendagri list."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock, lock_names
from people.log import log_access
from people.models import Region, RegionAlias, User
from people.regions import RegionIndex, normalise


@transaction.atomic
def add_region_alias(region: Region, *, alias: str, reason: str = "", at: datetime, actor: User | None) -> RegionAlias:
    """Another spelling under which the region is found. Refused: `region.alias`, `region.name_taken`."""
    lock_names("region aliases")
    normalised = normalise(alias)
    if not normalised.split("|")[1]:
        raise Refused("region.alias", _("Tuliskan ejaan lain dengan huruf atau angka."))
    index = RegionIndex.load()
    owners = index.by_name.get(normalised, set())
    if owners:
        names = ", ".join(sorted(index.by_code[code].display_name for code in owners))
        raise Refused("region.name_taken", _("“{alias}” sudah berarti {names}."), alias=alias.strip(), names=names)
    row = RegionAlias.objects.create(region=region, alias=alias.strip(), normalised=normalised, reason=reason.strip())
    log_access(user=actor, action="alias.added", record=region, reason=f"{row.alias} {row.reason}".strip(), at=at)
    return row


@transaction.atomic
def remove_region_alias(row: RegionAlias, *, reason: str = "", at: datetime, actor: User | None) -> None:
    """The spelling is no longer understood; rows already read keep their region."""
    row = lock(row)
    log_access(user=actor, action="alias.removed", record=row.region, reason=f"{row.alias} {reason}".strip(), at=at)
    row.delete()
