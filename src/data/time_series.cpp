#include "src/data/time_series.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace sslslr {
namespace {

/// Sets columns [first, last) of `frame` to the point between two frames: (1 - share) of `before` and share
/// of `after`.
void blend(TimeSeries& series, std::int64_t frame, std::array<std::int64_t, 2> columns,
           std::array<std::int64_t, 2> neighbours) {
    const auto [before, after] = neighbours;
    const double share =
        before == after ? 0.0 : static_cast<double>(frame - before) / static_cast<double>(after - before);
    for (auto column = columns[0]; column < columns[1]; ++column) {
        series.at(frame, column) = (1 - share) * series.at(before, column) + share * series.at(after, column);
    }
}

/// What the value at `offset` from a window's middle weighs in the parabola fitted to the window, read at
/// `position`. 1, t and t^2 - 4 are orthogonal over t = -3 .. 3, with squared norms 7, 28 and 84.
double parabola_weight(std::int64_t position, std::int64_t offset) {
    const auto p = static_cast<double>(position);
    const auto t = static_cast<double>(offset);
    return 1.0 / 7 + p * t / 28 + (p * p - 4) * (t * t - 4) / 84;
}

}  // namespace

bool fill_gaps(TimeSeries& series, std::int64_t first, std::int64_t last) {
    const auto is_complete = [&](std::int64_t frame) {
        const double* const values = series.row(frame);
        std::uint64_t missing = 0;  // v - v is +0, but NaN for NaN; the loop compiles to vector instructions
        for (auto column = first; column < last; ++column) {
            missing |= std::bit_cast<std::uint64_t>(values[column] - values[column]);
        }
        return missing == 0;
    };

    std::int64_t before = -1;  // the last complete frame
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        if (is_complete(frame)) {
            for (auto gap = before + 1; gap < frame; ++gap) {
                blend(series, gap, {first, last}, {before < 0 ? frame : before, frame});
            }
            before = frame;
        }
    }
    for (auto gap = before + 1; before >= 0 && gap < series.frames(); ++gap) {
        blend(series, gap, {first, last}, {before, before});
    }
    return before >= 0;
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
