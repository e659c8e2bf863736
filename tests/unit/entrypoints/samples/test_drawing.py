from koda.domain.inspection.images import png_size
from koda.domain.inspection.previews import check_preview
from koda.entrypoints.samples.catalogue import SAMPLES
from koda.entrypoints.samples.drawing import HEIGHT, WIDTH, draw


def test_every_sample_has_a_picture_of_its_own() -> None:
    """Whole PNG files, small, and no two the same."""
    pictures = [draw(sample.title) for sample in SAMPLES]

    for picture in pictures:
        check_preview("image/png", picture)
        assert png_size(picture) == (WIDTH, HEIGHT)
        assert len(picture) < 20_000
    assert len(set(pictures)) == len(SAMPLES)


def test_picture_is_always_the_same() -> None:
    """It follows from the title."""
    assert draw("A title") == draw("A title")
