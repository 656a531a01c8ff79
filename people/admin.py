"""Units, regions and their spellings, staff and roles, tokens, the access log, and contacts to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from kernel import admin_forms as fields
from kernel.admin_columns import NOTHING
from kernel.admin_events import in_words
from kernel.admin_forms import ReasonForm, VerbForm
from kernel.admin_pages import Move
from people import lockout, organisation, region_verbs, second_factor, staff, tokens
from people.admin_pages import PersonalPages, ReadPages, VerbPages
from people.masking import mask
from people.models import AccessLog, ApiToken, Contact, Region, RegionAlias, Role, SignInLock, StaffRole, Unit, User
from people.scopes import SCOPES
from people.staff import Grant

admin.site.unregister(Group)  # roles say who may do what


@admin.register(Region)
class RegionPages(ReadPages):
    title = _("Daerah")
    list_display = ("code", "display_name", "type", "zone", "is_autonomous")
    list_filter = ("zone", "type")
    search_fields = ("code__exact", "full_name", "aliases__alias")
    extra = ("spellings",)

    @admin.display(description=_("Ejaan lain"))
    def spellings(self, row: Region) -> str:
        return ", ".join(row.aliases.values_list("alias", flat=True)) or NOTHING


class RegionAliasForm(VerbForm):
    region_code = fields.text(_("Kode daerah"), 5, help_text=_("Kode Kemendagri, misalnya 73.06."))
    alias = fields.text(_("Ejaan lain"), 100)
    reason = fields.text(_("Keterangan"), 120, required=False)

    def clean_region_code(self) -> Region:
        region = Region.objects.filter(code=self.cleaned_data["region_code"]).first()
        if region is None:
            raise forms.ValidationError(_("Tidak ada daerah dengan kode ini."))
        return region


@admin.register(RegionAlias)
class RegionAliasPages(VerbPages):
    title = _("Ejaan daerah")
    list_display = ("alias", "region", "reason")
    list_select_related = ("region",)
    search_fields = ("alias", "region__full_name")
    hidden = ("normalised",)
    add_form = RegionAliasForm
    moves = (Move("hapus", _("Hapus ejaan"), ReasonForm, "remove"),)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
        return region_verbs.add_region_alias(data.pop("region_code"), **data, **by)

    def remove(self, request: HttpRequest, row: RegionAlias, data: dict[str, Any], **by: Any) -> None:
        region_verbs.remove_region_alias(row, **data, **by)


class UnitForm(VerbForm):
    code = fields.text(_("Kode"), 10)
    short = fields.text(_("Singkatan"), 30)
    name = fields.text(_("Nama"), 160)
    name_en = fields.text(_("Nama (Inggris)"), 160, required=False)
    valid_from = fields.day(
        _("Berlaku mulai"), help_text=_("Unit berkode sama yang masih berlaku berakhir pada hari ini.")
    )
    reason = fields.reason(required=False)


class CloseUnitForm(VerbForm):
    valid_to = fields.day(_("Berakhir pada"), help_text=_("Hari pertama tanpa unit ini."))
    reason = fields.reason()


@admin.register(Unit)
class UnitPages(VerbPages):
    title = _("Unit eselon II")
    list_display = ("code", "short", "name", "valid_from", "valid_to")
    search_fields = ("code", "short", "name")
    add_form = UnitForm
    moves = (Move("tutup", _("Tutup unit"), CloseUnitForm, "close", lambda row: row.valid_to is None),)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
        return organisation.open_unit(**data, **by)

    def close(self, request: HttpRequest, row: Unit, data: dict[str, Any], **by: Any) -> Any:
        return organisation.close_unit(unit=row, **data, **by)


class GrantForm(VerbForm):
    role = forms.ChoiceField(label=_("Peran"), choices=Role.choices)
    unit = forms.ModelChoiceField(
        Unit.objects.filter(valid_to=None), label=_("Unit"), required=False, help_text=_("Wajib untuk agen Layer 2.")
    )
    is_head = forms.BooleanField(label=_("Kepala unit"), required=False)

    def grant(self) -> Grant:
        return Grant(Role(self.cleaned_data["role"]), self.cleaned_data["unit"], self.cleaned_data["is_head"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "grant": self.grant()} if {"role", "unit"} <= data.keys() else data


class RevokeForm(VerbForm):
    role_row = forms.ModelChoiceField(StaffRole.objects.none(), label=_("Peran"))
    reason = fields.reason()

    def prepare(self) -> None:
        choice = self.fields["role_row"]
        choice.queryset = StaffRole.objects.filter(user=self.row).select_related("unit")
        choice.label_from_instance = role_in_words


class StaffForm(VerbForm):
    display_name = fields.text(_("Nama"), 120)
    email = forms.EmailField(label=_("Email"), required=False)
    phone = fields.text(_("Telepon"), 30, required=False)


class ChangedStaffForm(StaffForm):
    reason = fields.reason(required=False)


class NewStaffForm(StaffForm, GrantForm):
    username = forms.SlugField(label=_("Nama pengguna"), max_length=150)
    password = forms.CharField(
        label=_("Kata sandi"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kosongkan bila akun belum boleh masuk."),
    )
    field_order = ("username", "display_name", "email", "phone", "role", "unit", "is_head", "password")


class PasswordForm(VerbForm):
    password = forms.CharField(
        label=_("Kata sandi baru"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=_("Ulangi kata sandi"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def prepare(self) -> None:
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("password") != self.cleaned_data.get("again"):
            raise forms.ValidationError(_("Kedua kata sandi tidak sama."))
        return self.cleaned_data


def role_in_words(row: StaffRole) -> str:
    words = [str(row.get_role_display())]
    if row.unit:
        words.append(row.unit.code)
    if row.is_head:
        words.append(str(_("kepala")))
    return " ".join(words)


@admin.register(User)
class UserPages(VerbPages):
    title = _("Pengguna")
    list_display = ("username", "display_name", "roles_held", "email", "is_active", "last_login")
    list_filter = ("is_active", "roles__role")
    labels = {"roles__role": _("Peran")}
    search_fields = ("username", "display_name", "email")
    details = ("username", "display_name", "email", "phone", "is_active", "last_login")
    extra = ("roles_held",)
    ordering = ("username",)
    add_form, change_form = NewStaffForm, ChangedStaffForm
    moves = (
        Move("beri-peran", _("Beri peran"), GrantForm, "grant"),
        Move("cabut-peran", _("Cabut peran"), RevokeForm, "revoke", lambda row: row.roles.exists()),
        Move("kata-sandi", _("Ganti kata sandi"), PasswordForm, "set_password", lambda row: row.is_active),
        Move("keluarkan", _("Akhiri semua sesi"), ReasonForm, "sign_out", lambda row: row.usersession_set.exists()),
        Move(
            "faktor-kedua",
            _("Lepas faktor kedua"),
            ReasonForm,
            "reset_factor",
            lambda row: row.authenticator_set.exists(),
        ),
        Move("tutup", _("Tutup akun"), ReasonForm, "close", lambda row: row.is_active),
        Move("buka", _("Buka akun"), ReasonForm, "reopen", lambda row: not row.is_active),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("roles__unit")

    @admin.display(description=_("Peran"))
    def roles_held(self, row: User) -> str:
        return ", ".join(role_in_words(role) for role in row.roles.all()) or NOTHING

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> User:
        wanted = {name: data[name] for name in ("username", "display_name", "email", "phone")}
        return staff.create_staff(**wanted, password=data["password"] or None, grants=[data["grant"]], **by)

    def perform_change(self, request: HttpRequest, row: User, data: dict[str, Any], **by: Any) -> User:
        return staff.change_staff(user=row, **data, **by)

    def grant(self, request: HttpRequest, row: User, data: dict[str, Any], **by: Any) -> None:
        staff.grant_role(user=row, grant=data["grant"], **by)

    def revoke(self, request: HttpRequest, row: User, data: dict[str, Any], **by: Any) -> None:
        staff.revoke_role(row=data["role_row"], reason=data["reason"], **by)

    def set_password(self, request: HttpRequest, row: User, data: dict[str, Any], **by: Any) -> None:
        staff.set_password(user=row, password=data["password"], **by)

    def sign_out(self, request: HttpRequest, row: User, data: dict[str, Any], **by: Any) -> None:
        second_factor.end_sessions(user=row, **data, **by)

    def reset_factor(self, request: HttpRequest, row: User, data: dict[str, Any], **by: Any) -> None:
        second_factor.reset_second_factor(user=row, **data, **by)

    def close(self, request: HttpRequest, row: User, data: dict[str, Any], **by: Any) -> None:
        staff.close_account(user=row, **data, **by)

    def reopen(self, request: HttpRequest, row: User, data: dict[str, Any], **by: Any) -> None:
        staff.reopen_account(user=row, **data, **by)


class TokenForm(VerbForm):
    name = fields.text(_("Nama"), 120, help_text=_("Sistem yang memakainya."))
    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("username"),
        label=_("Atas nama"),
        help_text=_("Token tidak pernah boleh lebih daripada penggunanya."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Hak"),
        choices=[(scope, f"{scope}: {words}") for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_at = forms.DateTimeField(
        label=_("Berlaku sampai"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        help_text=_("Waktu Jakarta; kosong berarti sampai dicabut."),
    )


@admin.register(ApiToken)
class TokenPages(VerbPages):
    title = _("Token API")
    list_display = ("name", "prefix", "user", "created_at", "expires_at", "revoked_at", "last_used_at")
    list_select_related = ("user",)
    labels = {"user": _("Atas nama")}
    search_fields = ("name", "prefix", "user__username")
    hidden = ("digest",)
    add_form = TokenForm
    moves = (Move("cabut", _("Cabut token"), ReasonForm, "revoke", lambda row: row.revoked_at is None),)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> HttpResponse:
        """The secret stands on this one page, which no cache keeps, and is never shown again."""
        token, secret = tokens.issue_token(**data, **by)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Token dibuat"),
            "opts": self.opts,
            "original": token,
            "secret": secret,
        }
        return TemplateResponse(request, "people/admin_token.html", context)

    def revoke(self, request: HttpRequest, row: ApiToken, data: dict[str, Any], **by: Any) -> None:
        tokens.revoke_token(token=row, **data, **by)


@admin.register(SignInLock)
class SignInLockPages(VerbPages):
    """Accounts and addresses with failed sign-ins; the locked ones can be let in again."""

    title = _("Kunci masuk")
    list_display = ("kind", "whom", "failures", "since", "locked_until")
    list_select_related = ("user",)
    list_filter = ("kind",)
    labels = {
        "kind": _("Jenis"),
        "failures": _("Kali gagal"),
        "since": _("Sejak"),
        "locked_until": _("Dikunci sampai"),
    }
    search_fields = ("user__username", "key")
    hidden = ("key", "user")
    extra = ("whom",)
    moves = (Move("buka", _("Buka kunci"), ReasonForm, "lift", lambda row: row.locked_until is not None),)

    @admin.display(description=_("Akun atau alamat"))
    def whom(self, row: SignInLock) -> str:
        if row.kind == SignInLock.Kind.ADDRESS:
            return row.key
        return row.user.username if row.user else str(_("nama yang tidak terdaftar"))

    def lift(self, request: HttpRequest, row: SignInLock, data: dict[str, Any], **by: Any) -> None:
        lockout.lift(row=row, **data, **by)


@admin.register(AccessLog)
class AccessLogPages(ReadPages):
    title = _("Catatan akses")
    list_display = ("at", "user", "what", "record", "record_id", "reason")
    list_select_related = ("user",)
    search_fields = ("record_id__exact", "user__username__exact", "record__exact", "action__exact")
    search_help_text = _("Cari dengan nomor baris, nama pengguna, tabel atau kode tindakan, misalnya ticket.read.")
    ordering = ("-id",)

    @admin.display(description=_("Tindakan"), ordering="action")
    def what(self, row: AccessLog) -> str:
        return in_words(row.action)


@admin.register(Contact)
class ContactPages(PersonalPages):
    """Addresses are masked here; agents see them where they answer."""

    title = _("Kontak")
    list_display = ("name", "user_group", "region", "organization", "created_at")
    list_select_related = ("region",)
    list_filter = ("user_group",)
    search_fields = ("name", "organization")
    extra = ("addresses",)

    @admin.display(description=_("Alamat (disamarkan)"))
    def addresses(self, row: Contact) -> str:
        return ", ".join(mask(handle.kind, handle.value) for handle in row.handles.all()) or NOTHING
