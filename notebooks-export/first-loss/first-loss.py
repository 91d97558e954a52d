# %% [markdown]
# # A first loss
#
# One venue, one crash, one late oracle. Reads `results/first-loss` (made by `make run`) and shows, for one seed,
# how bad debt builds up unseen while the published price lags the pool by more than a liquidator's bonus, and, over
# all seeds, who paid for it.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

results = Path("../../results/first-loss")
summary = pd.read_csv(results / "summary.csv")
losses = pd.read_csv(results / "losses.csv", dtype={"loss": str})
events = pd.read_csv(results / "events.csv", dtype={"loss": str}, low_memory=False)

# %% [markdown]
# ## One seed: two prices, and what hides between them

# %%
seed = int(summary["seed"].iloc[0])
one = events[events["seed"] == seed]
hours = lambda rows: rows["time"] / 3600

fig, (prices, debt) = plt.subplots(2, 1, sharex=True, figsize=(8, 6), height_ratios=[1, 1])
for kind, label in [("priceStepped", "reference"), ("pricePublished", "published by the oracle"), ("swapped", "pool")]:
    rows = one[one["kind"] == kind]
    prices.step(hours(rows), rows["price"], where="post", label=label, alpha=0.6 if kind == "swapped" else 1)
prices.set_ylabel("ETH, $")
prices.legend(frameon=False)

hidden = one[one["kind"] == "badDebtOccurred"]
recognised = one[one["kind"] == "recognised"]
debt.step(hours(hidden), hidden["amount"] / 1e3, where="post", label="hidden in open positions")
debt.step(hours(recognised), recognised["amount"].cumsum() / 1e3, where="post", label="recognised so far")
debt.set_ylabel("bad debt, k$")
debt.set_xlabel("hours")
debt.set_xlim(0.9, 1.8)
debt.legend(frameon=False)
fig.suptitle(f"Seed {seed}: while the published price lags the pool, no liquidation is worth it")
fig.tight_layout()
fig.savefig("hidden-and-recognised.png", dpi=110)

# %% [markdown]
# ## All seeds: who paid

# %%
paid = losses.pivot_table(index="seed", columns="bearer", values="taken", aggfunc="sum").fillna(0) / 1e3
paid = paid.loc[paid.sum(axis=1).sort_values().index]
axis = paid.reset_index(drop=True).plot.bar(stacked=True, figsize=(8, 4), width=0.85)
axis.set_xlabel("seeds, by size of the loss")
axis.set_ylabel("borne, k$")
axis.set_xticks([])
axis.set_title("The fund pays what it has; the rest falls on the suppliers")
axis.legend(frameon=False, title=None)
axis.figure.tight_layout()
axis.figure.savefig("who-paid.png", dpi=110)
paid.describe().round(1)
