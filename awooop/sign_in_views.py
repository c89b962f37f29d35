"""The one way in: pages and administration send everybody here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.utils.decorators import method_decorator

from awooop import signing_in, single_sign_on
from awooop.errors import Refused
from awooop.sign_in_forms import SignInForm


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """The sign-in page; what it refuses is a 422, or a 429 that says how long to wait."""

    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer single sign-on, where there is one."""
        name = settings.OIDC_NAME if single_sign_on.is_on() else ""
        return super().get_context_data(**kwargs) | {"single_sign_on": name}

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Sign in."""
        return signing_in.begin(
            self.request, form.get_user(), method="password", target=self.get_success_url()
        )

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Show the page again, with what was wrong."""
        return refused_page(self.get_context_data(form=form), self, form.refused)


def refused_page(context: dict[str, Any], view: LoginView, refused: Refused | None) -> HttpResponse:
    """Answer the view's page with the status of a refusal."""
    response = view.render_to_response(context, status=refused.status if refused else 422)
    if refused is not None and "retry_after" in refused.extra:
        response["Retry-After"] = str(refused.extra["retry_after"])
    return response
