"""What every page of the staff shell needs."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    return {"theme": request.COOKIES.get("theme", "auto")}
