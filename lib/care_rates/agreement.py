"""Agreement of raters on an ordered scale: weighted kappa and intraclass correlation.

The estimators come from kept libraries: weighted kappa with its large-sample interval
from statsmodels, the six intraclass correlations of Shrout and Fleiss (1979) with
their F intervals from pingouin. Krippendorff's alpha is in :mod:`alpha_reliability`.

Ratings are a table: one row a unit (a characteristic), one column a rater, missing
where the rater gave no level.
"""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
from statsmodels.stats.inter_rater import cohens_kappa

from care_rates.assessment import LEVELS

FORMS = {
    "ICC(1,1)": ("ICC(1,1)", "each unit by other raters; one rater"),
    "ICC(A,1)": ("ICC(2,1)", "raters a sample; agreement of one rater"),
    "ICC(C,1)": ("ICC(3,1)", "these raters; consistency of one rater"),
    "ICC(1,k)": ("ICC(1,k)", "each unit by other raters; mean of the raters"),
    "ICC(A,k)": ("ICC(2,k)", "raters a sample; agreement of the mean"),
    "ICC(C,k)": ("ICC(3,k)", "these raters; consistency of the mean"),
}
"""pingouin's name of each form, that of Shrout and Fleiss, and what it asks."""


class AgreementError(ValueError):
    """Ratings from which agreement cannot be told: why, and what to do."""


def kappa(
    first: pd.Series, second: pd.Series, *, weights: str | None = "quadratic", levels=LEVELS
) -> pd.Series:
    """Cohen's kappa of two raters, weighted by how far apart they are.

    Parameters
    ----------
    first, second : pandas.Series
        Levels on the same index; rows that either lacks are left out.
    weights : {"quadratic", "linear", None}
        How a disagreement counts: by its square, by its size, or all alike.
    levels : sequence
        All levels of the scale, in order, used or not.

    Returns
    -------
    pandas.Series
        ``kappa``, ``low``, ``high`` (95%, normal, with the variance of Fleiss, Cohen
        and Everitt 1969), ``units`` (rated by both), ``same`` and ``within_one``
        (shares of them).

    Raises
    ------
    AgreementError
        If fewer than two units were rated by both, or both gave one level throughout.
    """
    pairs = pd.concat([first, second], axis=1, keys=["a", "b"]).dropna()
    if len(pairs) < 2:
        raise AgreementError(
            f"Both raters gave a level to {len(pairs)} units; two are needed. "
            "Have more units scored by both."
        )
    order = list(levels)
    table = (
        pd.crosstab(pairs["a"], pairs["b"])
        .reindex(index=order, columns=order, fill_value=0)
        .to_numpy()
    )
    if np.ptp(pairs.to_numpy()) == 0:
        raise AgreementError(
            "Both raters gave one and the same level throughout: kappa is not defined. "
            "Report the share of equal levels."
        )
    found = cohens_kappa(table, wt=weights)
    gap = (pairs["a"] - pairs["b"]).abs()
    return pd.Series(
        {"kappa": found.kappa, "low": found.kappa_low, "high": found.kappa_upp,
         "units": len(pairs), "same": (gap == 0).mean(), "within_one": (gap <= 1).mean()}
    )  # fmt: skip


def icc(ratings: pd.DataFrame) -> pd.DataFrame:
    """All six intraclass correlations of Shrout and Fleiss.

    Parameters
    ----------
    ratings : pandas.DataFrame
        Units by raters; units that any rater lacks are left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by form: ``question``, ``icc``, ``low`` and ``high`` (95%, from the F
        distribution, to two decimals as pingouin gives them), ``units``, ``raters``.

    Raises
    ------
    AgreementError
        With fewer than two raters, or fewer than five complete units.
    """
    import pingouin

    whole = ratings.dropna()
    if whole.shape[1] < 2 or len(whole) < 5:
        raise AgreementError(
            f"{len(whole)} units were rated by all of {whole.shape[1]} raters; "
            "five units and two raters are needed. Have more units scored by all."
        )
    unit, rater = np.indices(whole.shape)
    long = pd.DataFrame(
        {"unit": unit.ravel(), "rater": rater.ravel(), "level": whole.to_numpy(float).ravel()}
    )
    with warnings.catch_warnings():  # pingouin 0.7 uses a keyword that pandas 3.1 gives up
        warnings.simplefilter("ignore", DeprecationWarning)
        found = pingouin.intraclass_corr(long, "unit", "rater", "level").set_index("Type")
    found = found.loc[list(FORMS)]
    low, high = np.array(found["CI95"].to_list(), dtype=float).T
    return pd.DataFrame(
        {"question": [FORMS[form][1] for form in FORMS], "icc": found["ICC"].to_numpy(),
         "low": low, "high": high, "units": len(whole), "raters": whole.shape[1]},
        index=pd.Index([FORMS[form][0] for form in FORMS], name="form"),
    )  # fmt: skip


def kappas(
    ratings: pd.DataFrame, *, weights: str | None = "quadratic", levels=LEVELS
) -> pd.DataFrame:
    """Kappa of every two raters.

    Parameters
    ----------
    ratings : pandas.DataFrame
        Units by raters.
    weights, levels
        As in :func:`kappa`.

    Returns
    -------
    pandas.DataFrame
        One row a pair, indexed ``first, second``; the columns of :func:`kappa`.

    Raises
    ------
    AgreementError
        With one rater, or as :func:`kappa` does.
    """
    if ratings.shape[1] < 2:
        raise AgreementError(
            f"{ratings.shape[1]} rater: agreement needs two. Have another person score."
        )
    found = {
        pair: kappa(ratings[pair[0]], ratings[pair[1]], weights=weights, levels=levels)
        for pair in combinations(ratings.columns, 2)
    }
    return pd.DataFrame(found).T.rename_axis(["first", "second"])
