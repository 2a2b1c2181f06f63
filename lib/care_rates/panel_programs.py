"""The same two-way regression by the kept programs, to set beside the closed form."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import pandas as pd


def two_way(
    frame: pd.DataFrame, y: str, x: Sequence[str], *, entity: str = "unit_id", time: str = "year"
) -> pd.DataFrame:
    """Fit entity and time effects with pyfixest, linearmodels and statsmodels.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an entity and time; rows with a missing value are left out.
    y : str
        Outcome column.
    x : sequence of str
        Regressor columns.
    entity, time : str
        Columns that name the two dimensions.

    Returns
    -------
    pandas.DataFrame
        ``estimate, se`` of the first regressor by program, and the ``convention`` of
        :data:`care_rates.panel.CONVENTIONS` that its default clustered errors follow:
        pyfixest ``feols`` (effects nested in the clusters not counted), linearmodels
        ``PanelOLS``, statsmodels ``OLS`` with a dummy for every effect.
    """
    import pyfixest
    import statsmodels.formula.api as smf
    from linearmodels import PanelOLS

    rows = frame[[entity, time, y, *x]].dropna()
    rows = rows.assign(who=pd.factorize(rows[entity])[0], when=rows[time].astype(int))
    right = " + ".join(x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fixest = pyfixest.feols(f"{y} ~ {right} | who + when", rows, vcov={"CRV1": "who"},
                                ssc=pyfixest.ssc(k_fixef="nonnested"))  # fmt: skip
        indexed = rows.set_index(["who", "when"])
        linear = PanelOLS(indexed[y], indexed[list(x)], entity_effects=True, time_effects=True)
        linear = linear.fit(cov_type="clustered", cluster_entity=True)
        dummies = smf.ols(f"{y} ~ {right} + C(who) + C(when)", rows)
        dummies = dummies.fit(cov_type="cluster", cov_kwds={"groups": rows["who"]})
    return pd.DataFrame(
        {
            "pyfixest": [fixest.coef()[x[0]], fixest.se()[x[0]], "fixest"],
            "linearmodels": [linear.params[x[0]], linear.std_errors[x[0]], "linearmodels"],
            "statsmodels": [dummies.params[x[0]], dummies.bse[x[0]], "dummies"],
        },
        index=["estimate", "se", "convention"],
    ).T.rename_axis("program")
