import pytest

from koda.entrypoints.wiring.libraries import MissingLibrary, missed, missed_by_adapter


def told(missing: MissingLibrary | None) -> tuple[str, str]:
    """The library and the extra that an error names."""
    assert missing is not None
    return missing.library, missing.extra


@pytest.mark.parametrize(
    ("module", "extra"), [("flask", "web"), ("waitress.server", "web"), ("requests", "sandbox")]
)
def test_library_of_the_site_is_told_with_its_extra(module: str, extra: str) -> None:
    """Whatever module of the library was asked for."""
    error = ModuleNotFoundError(name=module)

    assert told(missed(error)) == (module.split(".", maxsplit=1)[0], extra)


def test_what_no_extra_brings_is_a_mistake() -> None:
    """It stays the error that it is."""
    assert missed(ModuleNotFoundError(name="koda.nothing")) is None
    assert missed_by_adapter(ModuleNotFoundError(name="koda.nothing"), "stripe") is None
    assert missed_by_adapter(ModuleNotFoundError(name="sqlite3"), "sqlite") is None


def test_library_of_an_adapter_comes_with_the_extra_of_its_package() -> None:
    """As the names of the extras say."""
    error = ModuleNotFoundError(name="jwt.algorithms")

    assert told(missed_by_adapter(error, "clerk")) == ("jwt", "clerk")
