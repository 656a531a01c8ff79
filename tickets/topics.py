"""Finding a topic by code, label or alias."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from tickets.models import Topic, TopicAlias


def normalise(text: str) -> str:
    """Letters and digits only, lower case: `JF AKPD`, `JF_AKPD` and `jfakpd` are one."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@dataclass
class TopicIndex:
    by_name: dict[str, Topic] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "TopicIndex":
        names: dict[str, Topic] = {}
        for alias in TopicAlias.objects.select_related("topic__owner_unit"):
            names[alias.normalised] = alias.topic
        for topic in Topic.objects.select_related("owner_unit"):
            names[normalise(topic.label)] = names[normalise(topic.code)] = topic
        return cls(names)

    def resolve(self, text: str) -> Topic:
        """The topic meant. Raises Refused(`topic.unknown`)."""
        try:
            return self.by_name[normalise(text)]
        except KeyError:
            raise Refused("topic.unknown", _("Topik “{name}” tidak dikenal."), name=text) from None
