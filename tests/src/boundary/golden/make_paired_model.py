"""Prints the golden values of PairedModelTest: least squares by numpy, tails of Student's t by scipy."""
import numpy as np
from scipy import stats

NONE = np.nan
ACCURACIES = np.array([[0.50, 0.60, 0.55, 0.58], [0.60, 0.72, NONE, 0.66], [0.30, NONE, 0.40, NONE],
                       [0.55, 0.63, NONE, 0.65]])
POINT, OTHER, MARGIN = 3, 1, 0.02


def main():
    points, repeats = ACCURACIES.shape
    rows, values = [], []
    for point, repeat in np.argwhere(~np.isnan(ACCURACIES)):
        row = np.zeros(points - 1 + repeats)
        if point > 0:
            row[point - 1] = 1
        row[points - 1 + repeat] = 1
        rows.append(row)
        values.append(ACCURACIES[point, repeat])
    design, values = np.array(rows), np.array(values)
    solution = np.linalg.lstsq(design, values, rcond=None)[0]
    freedom = len(values) - design.shape[1]
    deviation = np.sqrt(np.sum((values - design @ solution) ** 2) / freedom)
    contrast = np.zeros(design.shape[1])
    contrast[POINT - 1], contrast[OTHER - 1] = 1, -1
    error = deviation * np.sqrt(contrast @ np.linalg.inv(design.T @ design) @ contrast)
    worse = stats.t.cdf((-MARGIN - contrast @ solution) / error, freedom)
    print("effects", *(f"{effect:.12f}" for effect in solution[:points - 1]))
    print(f"deviation {deviation:.12f}, degrees of freedom {freedom}, probability {worse:.12f}")


if __name__ == "__main__":
    main()
