"""What a verb raises when a move is not allowed; pages and the API show it in the user's language."""

from django.utils.functional import Promise


class Refused(Exception):
    """A move the rules do not allow. `code` is stable English, `message` is for the user."""

    def __init__(self, code: str, message: "str | Promise", /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self._message = message
        self.params = params

    @property
    def message(self) -> str:
        """The sentence for the user, in the language that is active when it is read."""
        return str(self._message).format(**self.params) if self.params else str(self._message)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
