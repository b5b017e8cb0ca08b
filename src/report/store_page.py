#!/usr/bin/env python3
"""Draws the contents of a clip store: clip lengths,
clips per label and signer, undetected points, for each split.

Usage: store_page.py INSPECTED.json PAGE.png
INSPECTED.json is what `sslslr inspect --json STORE.h5` prints; its first store is drawn.
"""
import json
import sys
from pathlib import Path

import numpy as np

from study.figures.picture import plt, save

# Splits differ by dashes and hatches as well as by shade, so that a grey print still distinguishes them.
STYLES = (("0.25", "-", ""), ("0.45", "--", "//"), ("0.6", "-.", ".."), ("0", ":", "xx"))
MOST_NAMES = 20  # names written out at an axis
NAME_LENGTH = 16
LONG_TAIL = 30  # largest over smallest, from which an axis is logarithmic
ROLES = ("train", "val", "valid", "validation", "dev", "test")


def read_store(path):
    stores = [store for store in json.loads(path.read_text()) if store["kind"] == "clip store"]
    if not stores:
        sys.exit(f"{path} describes no clip store: sslslr inspect --json STORE.h5 > {path} writes it")
    return stores[0]


def drawn_splits(store):
    """Returns {name: split} to draw: train, val and test,
    else up to four that are no complements, else all clips."""
    splits = {name: split for name, split in store["splits"].items()
              if split["clips"] and not name.startswith("not-")}
    by_role = [name for role in ROLES for name in splits if name.lower() == role]
    if len(by_role) > 1:
        return {name: splits[name] for name in by_role[:len(STYLES)]}
    if 2 <= len(splits) <= len(STYLES):
        return splits
    return {"all clips": store}


def short(name):
    """Returns a name in at most NAME_LENGTH characters,
    without its middle: names often differ at their ends."""
    half = NAME_LENGTH // 2
    return name if len(name) <= NAME_LENGTH else name[:half] + "…" + name[1 - half:]


def draw_lengths(axes, store, splits):
    edges = np.array(store["length_edges"] or [0, 1])
    for (name, split), (colour, dashes, _) in zip(splits.items(), STYLES):
        counts = np.array(split["lengths"]["histogram"] or [0]) / np.diff(edges)  # the last may be narrower
        axes.stairs(counts, edges - 0.5, color=colour, linestyle=dashes, linewidth=1.4, fill=len(splits) == 1,
                    label=f"{name}: {split['clips']} clips")
    if len(edges) <= MOST_NAMES:  # a bin for each length: ticks at whole frames
        axes.set_xticks(edges[:-1])
        axes.set_xlim(edges[0] - 2, edges[-1] + 1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("frames")
    axes.set_ylabel("clips of each length" +
                    (f" (mean of {np.diff(edges)[0]})" if np.diff(edges)[0] > 1 else ""))
    axes.set_title("lengths", fontsize="medium")


def draw_counts(axes, store, splits, what, one):
    """Draws the clips per label or signer, most first:
    named bars if few, else the sorted counts of each split."""
    total = store[what]
    names = sorted(total, key=lambda name: (-total[name], name))
    axes.set_title(f"clips per {one}, {len(names)} in total" if names else f"no {what}", fontsize="medium")
    if not names:
        axes.set_axis_off()
        return
    ranks = np.arange(len(names))
    if len(names) <= MOST_NAMES:
        width = 0.8 / len(splits)
        for number, ((name, split), (colour, _, hatch)) in enumerate(zip(splits.items(), STYLES)):
            counts = [split[what].get(label, 0) for label in names]
            axes.bar(ranks + (number - (len(splits) - 1) / 2) * width, counts, width,
                     color=colour if not hatch else "white", edgecolor=colour, hatch=hatch, label=name)
        axes.set_xticks(ranks, [short(name) for name in names], rotation=0 if len(names) <= 4 else 90,
                        fontsize="small")
        axes.set_xlim(-max(1, 4 - len(names)), len(names) - 1 + max(1, 4 - len(names)))
        axes.set_ylim(bottom=0)
    else:
        for (name, split), (colour, dashes, _) in zip(splits.items(), STYLES):
            counts = sorted(split[what].values(), reverse=True)
            axes.step(np.arange(len(counts)) + 1, counts, dashes, where="mid", color=colour,
                      linewidth=1.3, label=name)
        axes.set_xlim(0, len(names) + 1)
        axes.set_xlabel(f"{what} by number of clips, from {short(names[0])} ({total[names[0]]}) to "
                        f"{short(names[-1])} ({total[names[-1]]})")
        if total[names[0]] > LONG_TAIL * max(total[names[-1]], 1):
            axes.set_yscale("log")
        else:
            axes.set_ylim(0, 1.08 * max(total[names[0]], 1))
    axes.set_ylabel("clips")


def draw_missing(axes, store, splits):
    parts = list(store["missing"])
    axes.set_title("points that were not detected", fontsize="medium")
    places = np.arange(len(parts))
    height = 0.8 / len(splits)
    for number, ((name, split), (colour, _, hatch)) in enumerate(zip(splits.items(), STYLES)):
        shares = [100 * (split["missing"][part] or 0) for part in parts]
        bars = axes.barh(places + (number - (len(splits) - 1) / 2) * height, shares, height,
                         color=colour if not hatch else "white", edgecolor=colour, hatch=hatch, label=name)
        if len(parts) * len(splits) <= MOST_NAMES:
            axes.bar_label(bars, fmt="%.1f", padding=3, fontsize="small")
    axes.set_yticks(places, [short(part.replace("_", " ")) for part in parts]
                    if len(parts) <= MOST_NAMES else [""] * len(parts))
    axes.invert_yaxis()
    axes.set_xlim(0, 110)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("%")


def title_of(store):
    files = [Path(file).stem for file in store["file"].split()]
    title = short(", ".join(files)) if len(files) > 1 else files[0][:60]
    warnings = sum(finding["kind"] == "warning" for finding in store["findings"])
    flaws = [f"{store[key]} {what}" for key, what in (("clips_without_frames", "without frames"),
                                                      ("clips_without_hands", "without hands"),
                                                     ("duplicates", "duplicates")) if store[key]]
    return (f"{title}: {store['clips']} clips" + (f" ({', '.join(flaws)})" if flaws else "") +
            f"; {warnings or 'no'} warning{'s' if warnings != 1 else ''}")


def main():
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    store = read_store(Path(sys.argv[1]))
    splits = drawn_splits(store)

    figure, ((lengths, labels), (missing, signers)) = plt.subplots(2, 2, figsize=(11, 7.4),
                                                                   width_ratios=[2, 3])
    figure.suptitle(title_of(store))
    draw_lengths(lengths, store, splits)
    draw_missing(missing, store, splits)
    draw_counts(labels, store, splits, "labels", "label")
    draw_counts(signers, store, splits, "signers", "signer")
    handles, names = lengths.get_legend_handles_labels()
    figure.legend(handles, names, loc="lower center", ncols=len(names), fontsize="small")
    save(figure, sys.argv[2], rect=(0, 0.04, 1, 1))


if __name__ == "__main__":
    main()
