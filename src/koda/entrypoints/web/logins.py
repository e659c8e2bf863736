"""How people sign in to a marketplace that is mounted in another application."""

from collections.abc import Callable

from attrs import frozen
from flask.typing import ResponseReturnValue

from koda.domain.model.people import Credentials


@frozen
class Login:
    """The application's own login; with nothing given, people sign in as the settings say.

    Args:
        credentials: reads those of the request at hand, for `Identity` to judge.
        sign_in_url: returns the address of the page where people sign in and then come back to a
            path of this host, which it is given.
        sign_out: signs the visitor out; answers, or leaves that to the marketplace. Without it,
            people sign out on the application's own pages, and here is no button.
    """

    credentials: Callable[[], Credentials] | None = None
    sign_in_url: Callable[[str], str] | None = None
    sign_out: Callable[[], ResponseReturnValue | None] | None = None

    @property
    def own(self) -> bool:
        """Whether the application signs people in, rather than the identity provider."""
        return self.credentials is not None or self.sign_in_url is not None

    @property
    def ends_here(self) -> bool:
        """Whether people can sign out on pages of the marketplace."""
        return not self.own or self.sign_out is not None


AS_SET = Login()
"""As the settings say."""
