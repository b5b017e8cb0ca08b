#!/usr/bin/env python3
"""Draws how often the rules of a boundary search answer correctly, on simulated accuracies.

    .venv/bin/python benchmarks/search_rule.py [--studies 1000] [--picture search-rule.png]

Starts search_rule (search_rule.cpp says what it simulates), prints its figures as tables and draws them: the
mean answer, how often it is within a step of the truth, wrong verdicts and trainings, for each rule.
"""
import csv
import io
from pathlib import Path

from common import parser_of, run

RULES = {"racing": ("o-", "black"), "grid": ("s--", "black"),
         "tolerant": ("^-", "0.5"), "strict": ("v-", "0.7")}
COLUMNS = ("near", "wrong", "undecided", "supported", "false_support", "k", "trainings")
# What is varied: column of the CSV, label, and whether the axis is logarithmic.
VARIED = {"noise": ("noise", "noise of a training", True), "loss": ("loss", "loss at a step beyond", False),
          "repeats": ("repeats", "most repeats", True), "plateau": ("edge", "steps that do no harm", False),
          "lengths": ("lengths", "number of k", True), "none": ("noise", "noise, no boundary", True)}
PANELS = (("k", "mean answer, steps"), ("near", "within a step of the truth"),
          ("false_support", "wrongly supported"), ("trainings", "trainings"))


def print_table(varied, rows):
    column, label, _ = VARIED[varied]
    print(f"\n| {label} | rule | " + " | ".join(name.replace("_", " ") for name in COLUMNS) + " |")
    print("|---" * (2 + len(COLUMNS)) + "|")
    for row in rows:
        print(f"| {row[column]} | {row['rule']} | " + " | ".join(row[name] for name in COLUMNS) + " |")


def draw(rows, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(len(PANELS), len(VARIED), figsize=(15, 9), sharex="col")
    for column, (varied, (name, label, is_log)) in enumerate(VARIED.items()):
        for line, (measure, title) in enumerate(PANELS):
            panel = axes[line][column]
            for rule, (style, colour) in RULES.items():
                own = [row for row in rows if row["varied"] == varied and row["rule"] == rule]
                panel.plot([float(row[name]) for row in own], [float(row[measure]) for row in own], style,
                           color=colour, markersize=4, label=rule)
            if measure == "k":
                truth = [row for row in rows if row["varied"] == varied and row["rule"] == "racing"]
                panel.plot([float(row[name]) for row in truth], [float(row["edge"]) for row in truth], ":",
                           color="black", label="truth")
            if measure == "false_support":
                panel.axhline(0.05, color="black", linewidth=0.8, linestyle=":")
                panel.set_ylim(-0.003, 0.06)
            if is_log:
                panel.set_xscale("log")
                panel.minorticks_off()
            values = sorted({float(row[name]) for row in rows if row["varied"] == varied})
            panel.set_xticks(values, [f"{value:g}" for value in values])
            if column == 0:
                panel.set_ylabel(title)
        axes[-1][column].set_xlabel(label)
    axes[0][0].legend(fontsize="small")
    figure.tight_layout()
    figure.savefig(path, dpi=80)


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--studies", type=int, default=1000, help="per rule and case; default: %(default)s")
    parser.add_argument("--picture", type=Path, help="PNG file to draw; default: none")
    options = parser.parse_args()
    studies = 5 if options.smallest else options.studies
    rows = list(csv.DictReader(io.StringIO(run(Path(options.program).parent / "search_rule", studies))))
    for varied in VARIED:
        print_table(varied, [row for row in rows if row["varied"] == varied])
    if options.picture:
        draw(rows, options.picture)


if __name__ == "__main__":
    main()
