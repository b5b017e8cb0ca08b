#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sslslr {

/// Values over the frames of one clip, one column for each coordinate; NaN = not detected.
class TimeSeries {
public:
    TimeSeries(std::int64_t frames, std::int64_t columns)
        : frames_{frames}, columns_{columns}, values_(static_cast<std::size_t>(frames * columns)) {}

    std::int64_t frames() const noexcept { return frames_; }
    std::int64_t columns() const noexcept { return columns_; }
    double& at(std::int64_t frame, std::int64_t column) {
        return values_[static_cast<std::size_t>(frame * columns_ + column)];
    }
    double at(std::int64_t frame, std::int64_t column) const {
        return values_[static_cast<std::size_t>(frame * columns_ + column)];
    }
    /// The values of one frame, one for each column.
    double* row(std::int64_t frame) { return values_.data() + frame * columns_; }
    const double* row(std::int64_t frame) const { return values_.data() + frame * columns_; }
    /// Drops all frames after the first `frames`.
    void keep_first(std::int64_t frames) {
        frames_ = frames;
        values_.resize(static_cast<std::size_t>(frames * columns_));
    }

private:
    std::int64_t frames_;
    std::int64_t columns_;
    std::vector<double> values_;
};

/// Fills the missing values of every column: linearly in time between the nearest frames before and after
/// that have a value, and with the nearest value at the ends. A column without any value is not changed.
///
/// Columns that are missing in the same frames, such as those of a body part that was not detected, are
/// filled from the same frames; if only some of them are missing, the others keep their values.
void fill_gaps(TimeSeries& series);

/// Smooths every column with a Savitzky-Golay filter of window 7 and degree 2. Each value is replaced by that
/// of the parabola fitted to the seven frames around it; at the ends, to the first or last seven frames.
/// Series of fewer than seven frames are returned as they are.
TimeSeries smoothed(const TimeSeries& series);

/// Returns the series at `frames` >= 1 evenly spaced times from its first frame to its last, linear between
/// frames: output frame i is at time i (T - 1) / (frames - 1), a single output frame at the middle.
TimeSeries resampled(const TimeSeries& series, std::int64_t frames);

}  // namespace sslslr
