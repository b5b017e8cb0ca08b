"""Kaggle's "Google - Isolated Sign Language Recognition": train.csv (path, participant_id, sequence_id,
sign), one Parquet table per clip (frame, type, landmark_index, x, y, z), and
sign_to_prediction_index_map.json with the order of signs.
"""

import csv
import json

import numpy as np

from folder_walk import natural_key
from landmarks import LEFT_HAND, POSE, RIGHT_HAND, empty_values, finished, new_listing
from read_error import ReadError, require_modules

PLACES = {"pose": POSE, "left_hand": LEFT_HAND, "right_hand": RIGHT_HAND}  # face points are not kept
COLUMNS = ("frame", "type", "landmark_index", "x", "y", "z")


def open_corpus(options):
    require_modules("pyarrow")
    return KaggleCorpus(options.input)


class KaggleCorpus:
    def __init__(self, folder):
        self._folder = folder
        self._paths = []
        self.listing = new_listing()
        self.listing["attributes"]["language"] = "American Sign Language"
        self.listing["labels"] = read_labels(folder / "sign_to_prediction_index_map.json")
        taken = {}
        repeated = 0
        for number, row in sorted(
            enumerate(read_rows(folder / "train.csv"), 2), key=lambda each: natural_key(each[1]["path"])
        ):
            name = f"{row['participant_id'] or 'unknown'}/{row['sequence_id']}"
            if name not in taken:
                taken[name] = number, row
                self.listing["clips"].append({"name": name, "label": row["sign"],
                                              "signer": row["participant_id"]})
                self._paths.append(row["path"])
            elif row == taken[name][1]:
                repeated += 1
            else:
                raise ReadError(
                    f"train.csv: expected each clip once, found '{name}' in rows {taken[name][0]} and "
                    f"{number} with the signs '{taken[name][1]['sign']}' and '{row['sign']}'"
                )
        if repeated:
            self.listing["notes"].append(f"{repeated} rows of train.csv repeat another row and are used once")

    def read(self, number):
        return read_table(self._folder / self._paths[number])


def read_rows(path):
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file, strict=True)
            rows = list(table)
    except FileNotFoundError:
        raise ReadError("expected a folder with train.csv and train_landmark_files/, "
                        "found no train.csv") from None
    except UnicodeDecodeError as error:
        near = error.object[max(error.start - 20, 0) : error.end]
        raise ReadError(
            f"train.csv: expected text in UTF-8, found other bytes near {near!r}"
            ": save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')"
        ) from None
    except (csv.Error, OSError) as error:
        raise ReadError("train.csv: expected a table, "
                        f"found a file that cannot be read as one: {error}") from None
    wanted = {"path", "participant_id", "sequence_id", "sign"}
    if not wanted <= set(table.fieldnames or ()):
        raise ReadError(
            f"train.csv: expected the columns {', '.join(sorted(wanted))}, "
            f"found {', '.join(table.fieldnames or ())}"
        )
    rows = [{name: (row[name] or "").strip() for name in wanted} for row in rows]
    for number, row in enumerate(rows):
        if not row["path"] or not row["sequence_id"]:
            raise ReadError(f"train.csv: row {number + 2}: expected a path and a sequence_id, "
                            "found an empty field")
    return rows


def read_labels(path):
    """Returns the signs in the order of their numbers, or none if there is no such file."""
    if not path.exists():
        return []
    try:
        numbers = json.loads(path.read_text(encoding="utf-8"))
        return [sign for sign, _ in sorted(numbers.items(), key=lambda each: int(each[1]))]
    except (ValueError, TypeError, AttributeError) as error:
        raise ReadError(
            f"{path.name}: expected an object of signs and their numbers, found something else: {error}"
        ) from None


MOST_ROWS = 543 * 20_000  # 543 points per frame; no sign has more frames


def read_table(path):
    import pyarrow.parquet as parquet

    if not path.is_file():
        raise ReadError("expected the file named in train.csv, found none")
    try:
        with parquet.ParquetFile(path) as file:
            found = file.schema_arrow.names
            missing = [name for name in COLUMNS if name not in found]
            if missing:
                raise ReadError(f"expected the columns {', '.join(COLUMNS)}, found no {', '.join(missing)}")
            if file.metadata.num_rows > MOST_ROWS:
                raise ReadError(f"expected at most {MOST_ROWS} rows, found {file.metadata.num_rows}")
            table = file.read(columns=list(COLUMNS), use_threads=False)
        return arranged(table)
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(
            f"expected a Parquet table of landmarks, found a file that cannot be read as one: {error}"
        ) from None


def arranged(table):
    """Returns the clip of a table. Editions differ in the order of rows,
    so points are found by type and number."""
    import pyarrow.compute as compute

    numbers = table["frame"].to_numpy()
    frames, row_frame = np.unique(numbers, return_inverse=True)
    if not np.issubdtype(frames.dtype, np.integer):
        raise ReadError(f"column frame: expected whole numbers, found {frames.dtype} or empty fields")
    values = empty_values(len(frames)).astype(np.float64)
    seen = np.zeros(values.shape[:2], bool)
    for part, place in PLACES.items():
        rows = compute.equal(table["type"], part).to_numpy()
        index = table["landmark_index"].to_numpy()[rows]
        points = place.stop - place.start
        if len(index) and not (0 <= index.min() and index.max() < points):
            raise ReadError(
                f"expected a landmark_index from 0 to {points - 1} for {part}, "
                f"found {index.min()} to {index.max()}"
            )
        at = row_frame[rows], place.start + index
        seen[at] = True
        if seen[:, place].sum() != len(index):
            raise ReadError(f"expected each point of {part} once per frame, found some twice")
        values[at] = np.stack([table[name].to_numpy()[rows] for name in "xyz"], axis=1)
    has_gaps = len(frames) > 0 and frames[-1] - frames[0] != len(frames) - 1
    return finished(values,
                    repairs=["gaps in the frame numbers: the remaining frames joined"] if has_gaps else [])
