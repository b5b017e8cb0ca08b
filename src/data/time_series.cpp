#include "src/data/time_series.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "io/file/vector_clones.hpp"

namespace sslslr {
namespace {

/// Neighbouring columns with a gap between the same two frames.
struct Gap {
    std::array<std::int64_t, 2> columns;  ///< [first, last)
    std::int64_t before;                  ///< the last frame with a value; -1: none
    std::int64_t after;                   ///< the next frame with a value
};

/// Fills the frames of a gap: linearly in time, or with the values of frame `after` if no earlier frame has
/// any.
void fill(TimeSeries& series, const Gap& gap) {
    const auto [columns, before, after] = gap;
    for (auto frame = before + 1; frame < after; ++frame) {
        const auto from = before < 0 ? after : before;
        const double share =
            before < 0 ? 0.0 : static_cast<double>(frame - before) / static_cast<double>(after - before);
        for (auto column = columns[0]; column < columns[1]; ++column) {
            series.at(frame, column) =
                (1 - share) * series.at(from, column) + share * series.at(after, column);
        }
    }
}

/// Fills the gaps that end at `frame`.
void fill_before(TimeSeries& series, std::int64_t frame, const std::vector<std::int64_t>& before,
                 const std::vector<std::int64_t>& known) {
    for (std::size_t first = 0; first < known.size();) {
        auto last = first + 1;
        while (last < known.size() && before[last] == before[first] && known[last] == known[first]) {
            ++last;
        }
        if (known[first] == frame) {
            fill(series, {.columns = {static_cast<std::int64_t>(first), static_cast<std::int64_t>(last)},
                          .before = before[first],
                          .after = frame});
        }
        first = last;
    }
}

/// Sets `known`, the last frame in which each column has a value, to `frame` for the columns that have one in
/// `values`.
/// @return whether a gap of any column ends at this frame
SSLSLR_VECTOR_CLONES
bool note_known(const double* __restrict values, std::int64_t columns, std::int64_t frame,
                std::int64_t* __restrict known) {
    std::int64_t ends_gap = 0;  // accumulated without an early exit, for vector instructions
    for (std::int64_t column = 0; column < columns; ++column) {
        const std::int64_t is_known = values[column] == values[column] ? -1 : 0;
        const std::int64_t is_behind = known[column] != frame - 1 ? -1 : 0;
        ends_gap |= is_known & is_behind;
        known[column] = (frame & is_known) | (known[column] & ~is_known);
    }
    return ends_gap != 0;
}

/// Returns the weight of the value at `offset` from the middle of a window in the parabola fitted to the
/// window, evaluated at `position`. 1, t and t^2 - 4 are orthogonal over t = -3 .. 3, with squared norms 7,
/// 28 and 84.
double parabola_weight(std::int64_t position, std::int64_t offset) {
    const auto p = static_cast<double>(position);
    const auto t = static_cast<double>(offset);
    return 1.0 / 7 + p * t / 28 + (p * p - 4) * (t * t - 4) / 84;
}

}  // namespace

void fill_gaps(TimeSeries& series) {
    const auto columns = static_cast<std::size_t>(series.columns());
    std::vector<std::int64_t> known(columns, -1);
    std::vector<std::int64_t> before(columns);
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        before = known;
        if (note_known(series.row(frame), series.columns(), frame, known.data())) {
            fill_before(series, frame, before, known);
        }
    }
    for (std::size_t column = 0; column < columns; ++column) {
        for (auto frame = known[column] + 1; known[column] >= 0 && frame < series.frames(); ++frame) {
            const auto at = static_cast<std::int64_t>(column);
            series.at(frame, at) = series.at(known[column], at);
        }
    }
}

TimeSeries smoothed(const TimeSeries& series) {
    constexpr std::int64_t half = 3;
    constexpr std::int64_t window = 2 * half + 1;
    if (series.frames() < window) {
        return series;
    }
    TimeSeries result{series.frames(), series.columns()};
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        const auto middle = std::clamp(frame, half, series.frames() - 1 - half);
        for (auto offset = -half; offset <= half; ++offset) {
            const double weight = parabola_weight(frame - middle, offset);
            for (std::int64_t column = 0; column < series.columns(); ++column) {
                result.at(frame, column) += weight * series.at(middle + offset, column);
            }
        }
    }
    return result;
}

TimeSeries resampled(const TimeSeries& series, std::int64_t frames) {
    TimeSeries result{frames, series.columns()};
    for (std::int64_t frame = 0; frame < frames; ++frame) {
        const double time = frames == 1 ? static_cast<double>(series.frames() - 1) / 2
                                        : static_cast<double>(frame * (series.frames() - 1)) /
                                              static_cast<double>(frames - 1);
        const auto before = static_cast<std::int64_t>(time);
        const auto after = std::min(before + 1, series.frames() - 1);
        const double share = time - static_cast<double>(before);
        for (std::int64_t column = 0; column < series.columns(); ++column) {
            result.at(frame, column) =
                (1 - share) * series.at(before, column) + share * series.at(after, column);
        }
    }
    return result;
}

}  // namespace sslslr
