"""Business rows leave their earlier states behind."""

from datetime import UTC, datetime

import pytest

from people.models import Contact

pytestmark = pytest.mark.django_db


def test_an_update_keeps_the_row_as_it_was_and_a_deletion_too():
    contact = Contact.objects.create(name="Lama", created_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert contact.history.count() == 0
    Contact.objects.filter(pk=contact.pk).update(name="Baru")
    Contact.objects.filter(pk=contact.pk).delete()
    kept = contact.history.model.objects.filter(pgh_obj_id=contact.pk).order_by("pgh_id")
    assert [row.name for row in kept] == ["Lama", "Baru"]
