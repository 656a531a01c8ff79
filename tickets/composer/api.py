"""What the composer does, under /api/v1/: replies, notes, taking back, drafts, macros. Each address calls one verb."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Flag, Input, RowField, Text
from kernel.api.views import DetailEndpoint, ListEndpoint, answer
from tickets.api import WORKERS, EntrySerializer, OfTicket, StaffBriefSerializer, TicketSerializer
from tickets.api_verbs import WRITE, Writing
from tickets.composer import drafts, macros, sending
from tickets.composer.macro_actions import ACTIONS
from tickets.models import Draft, DraftFile, Macro, TicketEntry, Topic

READ = "tickets:read"
THEN = {"wait": sending.WAIT, "close": sending.CLOSE}


class NoteInput(Input):
    text = Text(max_length=drafts.LONGEST, help_text="Colleagues named with @username are told.")


class ReplyInput(Input):
    text = Text(max_length=drafts.LONGEST)
    waits_for_requester = Flag(default=False, help_text="The reply asks something back.")
    then = serializers.ChoiceField([*THEN], required=False, help_text="Wait for the requester, or close, in one step.")
    topic = RowField(Topic.objects.all, required=False, help_text="For closing a ticket that has none.")
    last_seen_entry = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        help_text="409 when a message or answer came after this entry.",
    )
    quoted_entry = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="The entry of the message it answers (EMAIL: one of the requester's; WHATSAPP, LIVE_CHAT: any that "
        "arrived). The last question when left out.",
    )
    macro = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Its actions run too.")


class _Saying(Writing, OfTicket):
    scopes = {"POST": WRITE}
    roles = {"POST": WORKERS}

    def last_entry(self, kind: str) -> Response:
        entries = self.ticket.entries.filter(kind=kind).select_related("author", "event", "message__channel")
        entry = entries.prefetch_related("message__attachments__file").latest("id")
        return Response(EntrySerializer(entry, context={"request": self.request}).data, status=201)


class Notes(_Saying):
    @extend_schema(operation_id="tickets_add_note", request=NoteInput, responses={201: EntrySerializer})
    def post(self, request: Request, number: str) -> Response:
        """Add an internal note, with the files of the caller's draft; the requester never sees it."""
        return answer(self, self._note)

    def _note(self) -> Response:
        sending.send_note(ticket=self.ticket, **self.read(NoteInput), **self.act())
        return self.last_entry(TicketEntry.Kind.NOTE)


class Replies(_Saying):
    @extend_schema(operation_id="tickets_reply", request=ReplyInput, responses={201: EntrySerializer})
    def post(self, request: Request, number: str) -> Response:
        """Answer the requester through the ticket's channel, with the files of the caller's draft.

        Sending happens some seconds after this returns; until then the reply may be withdrawn. On a PHONE ticket
        it is the record of what the requester was told: its delivery is SPOKEN, and nothing is sent.
        """
        return answer(self, self._reply)

    def _reply(self) -> Response:
        given = self.read(ReplyInput)
        waits = given.pop("waits_for_requester")
        macro = given.pop("macro", None)
        sending.send_reply(
            ticket=self.ticket,
            text=given["text"],
            then=THEN.get(given.get("then", ""), sending.WAIT if waits else ""),
            topic=given.get("topic"),
            seen=given.get("last_seen_entry"),
            quoted=given.get("quoted_entry"),
            macro=get_object_or_404(macros.visible_macros(self.request.user), pk=macro) if macro else None,
            **self.act(),
        )
        return self.last_entry(TicketEntry.Kind.MESSAGE)


class Withdrawal(Writing, OfTicket):
    scopes = {"POST": WRITE}
    roles = {"POST": WORKERS}

    @extend_schema(operation_id="tickets_withdraw_reply", request=None, responses={200: TicketSerializer})
    def post(self, request: Request, number: str, pk: str) -> Response:
        """Take back one's own reply before it is sent; it is a draft again."""
        return answer(self, self._withdraw)

    def _withdraw(self) -> Response:
        entries = self.ticket.entries.filter(kind=TicketEntry.Kind.MESSAGE).select_related("message")
        entry = get_object_or_404(entries, pk=self.kwargs["pk"])
        return self.shown(sending.take_back(ticket=self.ticket, message=entry.message, **self.act()))


class DraftFileSerializer(serializers.ModelSerializer):
    size = serializers.IntegerField(source="file.size", help_text="bytes")
    media_type = serializers.CharField(source="file.media_type", help_text="As sniffed from the content.")

    class Meta:
        model = DraftFile
        fields = ["id", "name", "size", "media_type"]


class DraftSerializer(serializers.ModelSerializer):
    version = serializers.SerializerMethodField(help_text="Name it when saving again.")
    files = DraftFileSerializer(many=True)

    class Meta:
        model = Draft
        fields = ["kind", "text", "version", "files", "updated_at"]

    def get_version(self, draft: Draft) -> str:
        return drafts.version_of(draft)


class DraftInput(Input):
    text = Text(max_length=drafts.LONGEST)
    version = Text(
        required=False, allow_blank=True, max_length=40, help_text="As last seen; 409 when it was changed since."
    )


class OneDraft(Writing, OfTicket):
    """The caller's own draft on a ticket: `reply` or `note`."""

    scopes = {"GET": READ, "PUT": WRITE, "DELETE": WRITE}
    roles = {"GET": WORKERS, "PUT": WORKERS, "DELETE": WORKERS}

    @property
    def kind(self) -> str:
        kind = self.kwargs["kind"].upper()
        if kind not in Draft.Kind.values:
            raise Http404
        return kind

    def own(self) -> Draft:
        rows = Draft.objects.filter(user=self.request.user, ticket=self.ticket, kind=self.kind)
        return get_object_or_404(rows.prefetch_related("files__file"))

    @extend_schema(operation_id="tickets_draft", responses={200: DraftSerializer})
    def get(self, request: Request, number: str, kind: str) -> Response:
        """What the caller has typed and not sent."""
        return Response(DraftSerializer(self.own()).data)

    @extend_schema(operation_id="tickets_save_draft", request=DraftInput, responses={200: DraftSerializer})
    def put(self, request: Request, number: str, kind: str) -> Response:
        """Keep what is typed; without `version` whatever was kept is replaced."""
        return answer(self, self._save)

    @extend_schema(operation_id="tickets_discard_draft", request=None, responses={204: None})
    def delete(self, request: Request, number: str, kind: str) -> Response:
        """Throw the draft away, files included."""
        return answer(self, self._discard)

    def _save(self) -> Response:
        drafts.save_draft(ticket=self.ticket, kind=self.kind, **self.read(DraftInput), **self.act())
        return Response(DraftSerializer(self.own()).data)

    def _discard(self) -> Response:
        self.own()
        drafts.discard(ticket=self.ticket, kind=self.kind, actor=self.request.user)
        return Response(status=204)


class ActionSerializer(serializers.Serializer):
    do = serializers.ChoiceField([*ACTIONS])
    value = serializers.CharField()


class MacroSerializer(serializers.ModelSerializer):
    shared = serializers.SerializerMethodField()
    actions = ActionSerializer(many=True)
    updated_by = StaffBriefSerializer(allow_null=True)

    class Meta:
        model = Macro
        fields = ["id", "title", "shared", "text", "note", "actions", "position", "active", "updated_at", "updated_by"]

    def get_shared(self, macro: Macro) -> bool:
        return macro.owner_id is None


class ActionInput(Input):
    do = serializers.ChoiceField([*ACTIONS])
    value = Text(max_length=120, allow_blank=True)


class MacroChanges(Input):
    """What a macro is made of; see the variables in the handbook."""

    title = Text(required=False, max_length=80)
    shared = Flag(required=False, help_text="For all agents; supervisors and administrators only.")
    text = Text(required=False, allow_blank=True, max_length=macros.LONGEST_TEXT)
    note = Text(required=False, allow_blank=True, max_length=macros.LONGEST_TEXT)
    actions = ActionInput(many=True, required=False)
    position = serializers.IntegerField(required=False, min_value=0, max_value=32_000)
    active = Flag(required=False)


class MacroInput(MacroChanges):
    title = Text(max_length=80)


class _Macros(Writing):
    tag = "macros"
    queryset = Macro.objects.none()
    serializer_class = MacroSerializer

    def get_queryset(self) -> QuerySet[Macro]:
        return macros.visible_macros(self.request.user)

    def save(self, macro: Macro | None, shape: type[Input], status: int) -> Response:
        given = self.read(shape)
        shared = given.pop("shared", macro is not None and macro.owner_id is None)
        if "actions" in given:
            given["actions"] = [dict(one) for one in given["actions"]]
        row = macros.save_macro(macro=macro, shared=shared, **given, **self.act())
        return Response(MacroSerializer(row).data, status=status)


class Macros(_Macros, ListEndpoint):
    """The caller's macros and everybody's."""

    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": WORKERS, "POST": WORKERS}
    orderings, default_ordering = ("position", "title"), "position"

    @extend_schema(operation_id="macros_create", request=MacroInput, responses={201: MacroSerializer})
    def post(self, request: Request) -> Response:
        """Make a macro. Unknown variables and actions are refused."""
        return answer(self, lambda: self.save(None, MacroInput, 201))


class OneMacro(_Macros, DetailEndpoint):
    """One macro."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}
    roles = {"GET": WORKERS, "PATCH": WORKERS, "DELETE": WORKERS}

    @extend_schema(operation_id="macros_change", request=MacroChanges, responses={200: MacroSerializer})
    def patch(self, request: Request, pk: str) -> Response:
        """Change the named fields."""
        return answer(self, lambda: self.save(self.get_object(), MacroChanges, 200))

    @extend_schema(operation_id="macros_delete", request=None, responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """Delete the macro; what it wrote stays."""
        return answer(self, self._delete)

    def _delete(self) -> Response:
        macros.delete_macro(macro=self.get_object(), actor=self.request.user)
        return Response(status=204)


class WrittenSerializer(serializers.Serializer):
    """What a macro would write on a ticket."""

    text = serializers.CharField()
    note = serializers.CharField()


class TicketMacro(Writing, OfTicket):
    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": WORKERS, "POST": WORKERS}

    def macro(self) -> Macro:
        return get_object_or_404(macros.visible_macros(self.request.user), pk=self.kwargs["pk"])

    @extend_schema(operation_id="tickets_macro_text", responses={200: WrittenSerializer})
    def get(self, request: Request, number: str, pk: str) -> Response:
        """The macro's reply and note with this ticket's values."""
        text, note = macros.written(self.macro(), self.ticket, **self.act())
        return Response({"text": text, "note": note})

    @extend_schema(operation_id="tickets_apply_macro", request=None, responses={200: TicketSerializer})
    def post(self, request: Request, number: str, pk: str) -> Response:
        """Run the macro's actions and add its note; nothing is sent to the requester."""
        return answer(self, lambda: self.shown(macros.apply(macro=self.macro(), ticket=self.ticket, **self.act())))
