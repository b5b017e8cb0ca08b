#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/data/time_series.hpp"

namespace sslslr {

/// The part of the body that sets the origin and the unit of length of a clip.
enum class BodyUnit { none, shoulders, palms };

/// The translation and scale of a clip: a coordinate c becomes (c - its column's centre) / scale.
struct Origin {
    std::vector<double> centres;
    double scale = 1;
    BodyUnit unit = BodyUnit::none;
};

/// Finds the origin and the unit of length of clips whose columns are the coordinates of named points.
class BodyOrigin {
public:
    /// @param points       names, including both shoulders and both hands
    /// @param coordinates  columns of each point
    BodyOrigin(const std::vector<std::string>& points, std::int64_t coordinates);

    /// Returns the origin and the unit of length of a clip: those of the shoulders if both were ever
    /// detected, otherwise those of the palms if the wrist and the middle_finger_mcp of at least one hand
    /// were.
    ///
    ///     shoulders  centre = mean over t of (left(t) + right(t)) / 2
    ///                scale  = mean over t of |left(t) - right(t)| in x and y
    ///     palms      centre = mean over t and all points of the hands that were ever detected
    ///                scale  = mean over those hands of the mean over t of the palm,
    ///                         |wrist(t) - middle_finger_mcp(t)| in x and y
    ///     none       centre = mean over t and all points that were ever detected
    ///                scale  = 1
    ///
    /// A scale below 10^-6 counts as 1. A coordinate that is missing from the shoulders or hands is centred
    /// as in the case `none`.
    /// @param series  a clip of T frames with its gaps filled
    Origin operator()(const TimeSeries& series) const;

private:
    struct Hand {
        std::int64_t first;  ///< columns [first, last)
        std::int64_t last;
        std::int64_t wrist;  ///< first column of the point
        std::int64_t knuckle;
    };

    double palm_size(const TimeSeries& series) const;
    double centre_of_hands(const TimeSeries& series, std::int64_t coordinate) const;
    double centre_of(const TimeSeries& series, BodyUnit unit, std::int64_t coordinate) const;

    std::int64_t coordinates_;
    std::int64_t left_shoulder_;  ///< first column of the point
    std::int64_t right_shoulder_;
    std::vector<Hand> hands_;
};

}  // namespace sslslr
