# %% [markdown]
# # Who pays?
#
# One crash, several mutualization models, the same people and the same seeds in each. Reads the tables of a results
# folder, `summary.csv`, `losses.csv` and `incidence.csv`, and nothing else of the simulator: `results/who-pays`, or the
# folder that the environment variable `RHODIAN_RESULTS` names.

# %%
import json
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

results = Path(os.environ.get("RHODIAN_RESULTS", "../../results/who-pays"))
summary = pd.read_csv(results / "summary.csv")
losses = pd.read_csv(results / "losses.csv", dtype={"loss": str, "parent": str})
config = json.loads((results / "config.resolved.json").read_text())

models = list(dict.fromkeys(summary["variant"]))
print(f"{config['name']}: {len(models)} models, {len(summary)} runs, {losses['loss'].nunique()} losses")

# %% [markdown]
# ## From losses to bearers
#
# `losses.csv` has a row for each loss, layer and pool of bearers, in tokens. What counts is what bearers took at once
# and what they have paid of their promises, in rows that are `final`: a vault hands on what its claims have lost. What
# nobody bore is the rest of what was recognised where it arose. In dollars of the start, as in the summary.

# %%
price = {asset["id"]: asset["price"] for asset in config["assets"]}
dollars = losses["asset"].map(price).fillna(1.0)
losses["borne"] = (losses["taken"] + losses["paid"] - losses["restored"]) * dollars
losses["whole"] = losses["recognised"] * dollars

final = losses[losses["finality"] == "final"]
borne = final.pivot_table(index="run", columns="bearer", values="borne", aggfunc="sum", fill_value=0.0)
borne = borne.reindex(summary["run"], fill_value=0.0).drop(columns="nobody", errors="ignore")
arose = losses[losses["parent"].isna()].drop_duplicates("loss").groupby("run")["whole"].sum()
recognised = arose.reindex(summary["run"], fill_value=0.0)
borne["nobody"] = (recognised - borne.sum(axis=1)).round(6)
borne = borne.loc[:, (borne.abs() > 0.01).any()]

# The two tables agree, run by run.
figures = summary.set_index("run")
assert np.allclose(recognised, figures["recognised"], rtol=1e-9, atol=0.01)
unpaid = figures["unresolved"] + figures["promised"]
assert np.allclose(borne.get("nobody", 0.0), unpaid, rtol=1e-6, atol=1.0)

borne = borne.join(figures[["variant", "seed"]])
bearers = [name for name in borne.columns if name not in ("variant", "seed", "nobody")]
bearers += ["nobody"] if "nobody" in borne else []
borne.groupby("variant", sort=False)[bearers].median().round(0)

# %% [markdown]
# ## Intervals
#
# Losses are heavy-tailed, so the middle is a median, and what is known of it comes of drawing as many seeds with
# replacement, 2,000 times: 95 % of the medians so found lie in the interval. The draws are the same for every model,
# as the seeds are.


# %%
def median_and_interval(values, resamples=2000):
    """Median of each column, and the ends of its 95 % bootstrap interval."""
    values = np.asarray(values, dtype=float)
    drawn = np.random.Generator(np.random.PCG64(1)).integers(len(values), size=(resamples, len(values)))
    medians = np.median(values[drawn], axis=1)
    low, high = np.quantile(medians, [0.025, 0.975], axis=0)
    return np.median(values, axis=0), low, high


COLOURS = {
    "insuranceFund": "#3b6fd4", "protocol": "#7fb2f0", "suppliers": "#e07b39", "stakers": "#7d4fb8",
    "tokenHolders": "#d264a6", "juniors": "#a8613b", "nobody": "#5d6673",
}
OTHERS = ["#4aa564", "#2fa8a8", "#c43d4b", "#9bb83a", "#f2c14e", "#5f6fa8", "#b5739d", "#1f7a5c"]
unknown = [name for name in bearers if name not in COLOURS]
colour = COLOURS | {name: OTHERS[place % len(OTHERS)] for place, name in enumerate(unknown)}

largest = recognised.max()
unit, letter = (1e6, "M") if largest >= 2e6 else (1e3, "k") if largest >= 2e3 else (1.0, "")
label = f"{letter}$" if letter else "$"
plt.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False})

# %% [markdown]
# ## Who bore how much
#
# Bars are means, because means add up; the black mark is the median of the whole with its interval. What is hidden in
# open positions at the end is no part of either: nobody has admitted it yet.

# %%
means = borne.groupby("variant", sort=False)[bearers].mean().loc[models] / unit
fig, axis = plt.subplots(figsize=(9, 1.4 + 0.42 * len(models)), layout="constrained")
left = np.zeros(len(models))
for bearer in bearers:
    axis.barh(models, means[bearer], left=left, height=0.62, color=colour[bearer], label=bearer,
              edgecolor="white", linewidth=0.8)
    left += means[bearer].to_numpy()
for place, model in enumerate(models):
    whole = borne.loc[borne["variant"] == model, bearers].sum(axis=1) / unit
    middle, low, high = median_and_interval(whole)
    axis.errorbar(middle, place, xerr=[[middle - low], [high - middle]], fmt="|", color="black", capsize=3,
                  markersize=9, label="median with its 95 % interval" if place == 0 else None)
    if not whole.any():
        axis.text(0, place, "  no loss", va="center", color="#586474")
axis.invert_yaxis()
axis.set_xlim(left=0)
axis.set_xlabel(f"recognised loss, {label}")
axis.grid(axis="x", color="#e4e8ed")
axis.set_axisbelow(True)
axis.set_title(f"{config['name']}: who bore the loss, {summary['seed'].nunique()} seeds", loc="left")
axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
fig.savefig("who-paid.png", dpi=120, bbox_inches="tight", pad_inches=0.15)

# %% [markdown]
# ## Each bearer's part
#
# The median of what each pool of bearers lost under each model, with its interval; those who never lost anything under
# a model are left out of its row.

# %%
fig, axis = plt.subplots(figsize=(9, 1.4 + 0.5 * len(models)), layout="constrained")
step = 0.6 / max(1, len(bearers) - 1) if len(bearers) > 1 else 0
named = set()
for place, model in enumerate(models):
    own = borne.loc[borne["variant"] == model, bearers] / unit
    middle, low, high = median_and_interval(own)
    for number, bearer in enumerate(bearers):
        if (own[bearer].abs() <= 0.01 / unit).all():
            continue
        height = place + (number - (len(bearers) - 1) / 2) * step
        axis.errorbar(middle[number], height, fmt="o", color=colour[bearer], markersize=5, capsize=3,
                      xerr=[[middle[number] - low[number]], [high[number] - middle[number]]],
                      label=None if bearer in named else bearer)
        named.add(bearer)
    if not own.to_numpy().any():
        axis.text(0, place, "  no loss", va="center", color="#586474")
    axis.axhline(place + 0.5, color="#e4e8ed", linewidth=0.8)
axis.set_yticks(range(len(models)), models)
axis.set_ylim(len(models) - 0.5, -0.5)
axis.set_xlim(left=-0.02 * largest / unit)
axis.set_xlabel(f"borne, median over seeds with 95 % interval, {label}")
axis.set_title(f"{config['name']}: each bearer's part", loc="left")
handles, names = axis.get_legend_handles_labels()
order = sorted(range(len(names)), key=lambda place: bearers.index(names[place]))
axis.legend([handles[place] for place in order], [names[place] for place in order], frameon=False,
            loc="upper left", bbox_to_anchor=(1.0, 1.0))
fig.savefig("who-paid-intervals.png", dpi=120, bbox_inches="tight", pad_inches=0.15)

# %% [markdown]
# ## The same seed, another model
#
# What suppliers and everybody else lose under each model less what they lose under the first one, seed by seed.

# %%
base = borne[borne["variant"] == models[0]].set_index("seed")[bearers]
rows = []
for model in models[1:]:
    own = borne[borne["variant"] == model].set_index("seed")[bearers]
    difference = (own - base).dropna()
    middle, low, high = median_and_interval(difference)
    for number, bearer in enumerate(bearers):
        rows.append((model, bearer, middle[number], low[number], high[number]))
columns = ["model", "bearer", f"median difference from {models[0]}", "2.5 %", "97.5 %"]
pd.DataFrame(rows, columns=columns).set_index(["model", "bearer"]).round(0)

# %% [markdown]
# ## Who really paid
#
# Whoever is charged need not be who is poorer: seized stake and new tokens are sold, their price gives way, and those who
# borrowed against the token elsewhere are liquidated. `incidence.csv` holds each class of holders beside the same seed in a
# world in which somebody from outside fills every hole at once. Its rows add up to zero: what classes have lost is the
# hole, and on top of it what prices have lost. `issued` is new tokens whose price has not fallen by as much.

# %%
incidence = pd.read_csv(results / "incidence.csv")
assert incidence.groupby("run")["incidence"].sum().abs().max() < 1.0
paid = incidence.pivot_table(index=["variant", "seed"], columns="kind", values="incidence", aggfunc="sum", sort=False)
hole = -paid.pop("guarantor")
prices = paid.pop("prices")
paid = paid.loc[:, (paid.abs() > 1).any()]
medians = paid.groupby("variant", sort=False).median().loc[models]
beside = pd.DataFrame({"hole": hole, "prices": prices}).groupby("variant", sort=False).median()
medians.join(beside).round(0)

# %%
fig, axis = plt.subplots(figsize=(9, 1.2 + 0.42 * len(models)), layout="constrained")
shown = [kind for kind in paid.columns if (medians[kind].abs() > 0.005 * largest).any()]
values = (medians[shown] / unit).to_numpy()
extent = np.abs(values).max()
image = axis.imshow(values, cmap="RdBu_r", vmin=-extent, vmax=extent, aspect="auto")
for row, column in np.ndindex(values.shape):
    if abs(values[row, column]) >= 0.5:
        axis.text(column, row, f"{values[row, column]:,.0f}", ha="center", va="center", fontsize=8,
                  color="white" if abs(values[row, column]) > 0.6 * extent else "#16202c")
axis.set_xticks(range(len(shown)), shown, rotation=30, ha="right")
axis.set_yticks(range(len(models)), models)
axis.tick_params(length=0)
for side in axis.spines.values():
    side.set_visible(False)
axis.set_title(f"{config['name']}: who is poorer than if nobody had to pay, median, {label}", loc="left")
fig.colorbar(image, ax=axis, shrink=0.8, label=f"poorer by, {label}")
fig.savefig("who-really-paid.png", dpi=120, bbox_inches="tight", pad_inches=0.15)

# %% [markdown]
# ## Charged, and poorer
#
# What the rules charged to suppliers of the venues that failed, beside what lenders anywhere have really lost.

# %%
charged = figures.set_index(["variant", "seed"])["bySuppliers"]
lenders = paid["lender"] if "lender" in paid else paid.iloc[:, 0] * 0
table = pd.DataFrame({"charged to suppliers": charged, "lenders poorer by": lenders}).dropna()
table.groupby("variant", sort=False).median().loc[models].round(0)
