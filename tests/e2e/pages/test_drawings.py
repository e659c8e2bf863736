import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.platforms import PLATFORMS
from koda.entrypoints.web.charts import round_step, stack
from koda.entrypoints.web.covers import cover

AMOUNTS = st.integers(0, 10**12)


@pytest.mark.parametrize("platform", [platform.name for platform in PLATFORMS])
def test_every_platform_has_its_own_picture(platform: str) -> None:
    """A platform's picture names its own motif and stays the same."""
    picture = cover(platform, "aut_1")

    assert f"cover-{platform.lower()}" in picture
    assert cover(platform, "aut_1") == picture


@pytest.mark.parametrize("platform", [platform.name for platform in PLATFORMS])
def test_two_listings_have_two_pictures(platform: str) -> None:
    """What is drawn follows from the listing's id."""
    assert cover(platform, "aut_1") != cover(platform, "aut_2")


@given(st.text(), st.text())
def test_pictures_carry_nothing_of_their_arguments(platform: str, seed: str) -> None:
    """Neither the platform nor the id can bring markup or a style into a picture."""
    picture = cover(platform, seed)

    assert picture.startswith('<svg class="cover cover-')
    assert "style" not in picture
    assert "script" not in picture


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=40))
def test_bars_stay_inside_the_drawing(amounts: list[tuple[int, int]]) -> None:
    """Every bar stands on the floor and ends below the top, whatever the amounts."""
    chart = stack([("day", net, fee) for net, fee in amounts], "EUR")

    for bar in chart.bars:
        assert bar.x >= chart.left
        assert bar.x + bar.width <= chart.width
        assert bar.fee_y >= 0
        assert bar.net_y + bar.net_height == pytest.approx(chart.floor, abs=0.2)
        assert bar.fee_y + bar.fee_height == pytest.approx(bar.net_y, abs=0.2)


@given(st.integers(1, 10**15))
def test_rules_are_round_and_reach_the_top(top: int) -> None:
    """The steps are 1, 2 or 5 times a power of ten, and no smaller ones would do."""
    step = round_step(top)

    assert str(step).rstrip("0") in {"1", "2", "5"}
    assert step * 4 >= top
    assert step == 1 or step * 4 / 2.5 <= top


def test_an_empty_chart_still_has_its_axis() -> None:
    """Without sales there are rules and no bars."""
    chart = stack([], "EUR")

    assert not chart.bars
    assert [rule.amount.minor for rule in chart.rules] == [0, 1, 2, 3, 4]
