"""Texts are numbered the same whatever holds them, with the lowest pandas and the newest."""

import warnings

import numpy as np
import pandas as pd
import pytest

from geocasualty.records._words import coded, text_array

TEXTS = np.array(["Hit", "Raqqa", None, "Hit"], dtype=object)


@pytest.mark.parametrize(
    "held",
    [
        TEXTS,
        list(TEXTS),
        pd.Series(TEXTS, index=[7, 7, 8, 9]),
        pd.Index(TEXTS),
        pd.Series(TEXTS).array,
        pd.array(TEXTS, dtype="string"),
        text_array(np.arange(4), TEXTS),
    ],
    ids=lambda held: type(held).__name__,
)
def test_every_holder_of_texts_is_numbered_alike_and_without_a_warning(held):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # pandas 2.2 is to refuse its own arrays of objects
        codes, distinct = coded(held)
    assert codes.tolist() == [0, 1, -1, 0]
    assert distinct.tolist() == ["Hit", "Raqqa"]
    assert distinct.dtype == object
