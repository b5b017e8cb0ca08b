"""Figure 7: features of each method in two dimensions, the chosen classes marked, all others in grey."""

import h5py
import matplotlib.pyplot as plt
import numpy as np

from .picture import Drawing, FigureError
from .styles import COLOURS, MARKERS, OTHERS, at, short

NEIGHBOURS, MIN_DISTANCE, SEED = 15, 0.1, 0


def draw_embedding(part, folder):
    """Draws the panels. @param folder  the study's; paths of the panels' files are relative to it"""
    panels = {(panel["data"], panel["column"]): panel for panel in part["panels"]}
    if not panels:
        raise FigureError("the report names no features for it")
    project = _umap()
    rows = {panel["data"]: panel["data_title"] for panel in part["panels"]}
    columns = {panel["column"]: panel["column_title"] for panel in part["panels"]}
    figure, grid = plt.subplots(
        len(rows),
        len(columns),
        squeeze=False,
        layout="constrained",
        figsize=(0.4 + 2.1 * len(columns), 0.3 + 2.45 * len(rows)),
    )
    told = []
    for line, (data, data_title) in zip(grid, rows.items()):
        for axes, (column, column_title) in zip(line, columns.items()):
            axes.set(xticks=[], yticks=[])
            if (data, column) in panels:
                spreads = _draw_panel(axes, panels[data, column], folder, project)
                told.append(f"{data_title}, {column_title}: {spreads}")
                axes.set_xlabel(f"spread: {spreads}", fontsize="small")
            else:
                axes.text(0.5, 0.5, "no features", ha="center", va="center", transform=axes.transAxes)
        line[0].set_ylabel(data_title)
        names, seen = line[0].get_legend_handles_labels()
        line[0].legend(
            names, seen, fontsize="x-small", loc="upper left", handletextpad=0.1, frameon=True, framealpha=0.8
        )
    for axes, title in zip(grid[0], columns.values()):
        axes.set_title(title, fontsize="medium")
    return Drawing(
        figure,
        "Features of test clips in two dimensions, a panel for each data set and method. Spread of the "
        f"marked classes: {'; '.join(told)}.",
        f"UMAP of the encoder's features (n_neighbors {NEIGHBOURS}, min_dist {MIN_DISTANCE}, seed {SEED}). "
        "Under each panel the spread of the marked classes: mean squared distance to the class's mean over "
        "that of all clips to their mean, for features at length 1, before UMAP. Lower is tighter; 1 is as "
        "scattered as all clips.",
    )


def _umap():
    try:
        import umap
    except ImportError as error:
        raise FigureError(
            f"umap-learn cannot be loaded ({error}); `launch/setup` installs it into .venv, or "
            "`.venv/bin/python -m pip install umap-learn`"
        ) from error

    def project(features):
        if len(features) <= NEIGHBOURS:
            raise FigureError(f"expected more than {NEIGHBOURS} clips in a panel, found {len(features)}")
        # One thread, because with more the seed does not determine the result.
        return umap.UMAP(
            n_neighbors=NEIGHBOURS, min_dist=MIN_DISTANCE, random_state=SEED, n_jobs=1
        ).fit_transform(features)

    return project


def _draw_panel(axes, panel, folder, project):
    """Draws one panel. Returns the spreads of its classes in words."""
    features, labels, names = read_features(folder / panel["features"])
    unknown = [name for name in panel["classes"] if name not in names]
    if unknown:
        raise FigureError(
            f"{folder / panel['features']}: expected a class {unknown[0]!r}, found {', '.join(names[:10])}"
        )
    chosen = {name: labels == names.index(name) for name in panel["classes"]}
    places = project(features)
    others = ~np.any(list(chosen.values()), axis=0) if chosen else np.ones(len(labels), bool)
    axes.scatter(*places[others].T, s=5, color=OTHERS, linewidths=0, rasterized=True)
    for number, (name, here) in enumerate(chosen.items()):
        axes.scatter(
            *places[here].T,
            s=12,
            marker=at(MARKERS, number),
            color=at(COLOURS, number),
            edgecolors="white",
            linewidths=0.3,
            label=short(name),
            zorder=3,
        )
    shares = {name: spread_share(features, here) for name, here in chosen.items()}
    if len(shares) == 1:
        return f"{next(iter(shares.values())):.2f}"
    return ", ".join(f"{short(name, 12)} {share:.2f}" for name, share in shares.items())


def spread_share(features, here):
    """Returns the mean squared distance of a class's features to their mean,
    over that of all; NaN without a clip.

    @param features  [N, W], taken at length 1, so that the scale of an encoder's output does not matter
    @param here      [N] bool, the class
    """
    if not here.any():
        return float("nan")
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.maximum(lengths, 1e-12)
    total = ((unit - unit.mean(axis=0)) ** 2).sum(axis=1).mean()
    within = ((unit[here] - unit[here].mean(axis=0)) ** 2).sum(axis=1).mean()
    return float(within / total) if total > 0 else float("nan")


def read_features(path):
    """Returns features [N, W] float64, labels [N] and class names of a file."""
    try:
        with h5py.File(path) as file:
            names = file["class_names"][()] if "class_names" in file else file.attrs["class_names"]
            features, labels = file["features"][()].astype(float), file["labels"][()]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise FigureError(
            f"{path}: expected HDF5 with features, labels and class_names ({error}); "
            "`sslslr study run --study FILE` writes it"
        ) from error
    if features.ndim != 2 or len(features) != len(labels) or not np.isfinite(features).all():
        raise FigureError(
            f"{path}: expected finite features [N, W] and N labels, found {features.shape} and {labels.shape}"
        )
    if isinstance(names, (str, bytes)):  # one line per class, as the program writes them
        names = (names.decode() if isinstance(names, bytes) else names).split("\n")
    return features, labels, [name.decode() if isinstance(name, bytes) else str(name) for name in names]
