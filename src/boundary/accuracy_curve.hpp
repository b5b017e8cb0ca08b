#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "src/boundary/trial.hpp"
#include "src/evaluate/intervals.hpp"

namespace sslslr {

/// What is known of a trial.
struct Known {
    enum class Status { missing, done, set_aside };
    Status status = Status::missing;
    double accuracy = 0;  ///< of a trial that is done, share of the validation clips
};
using Lookup = std::function<Known(const Trial&)>;

/// The accuracies of one k.
struct Point {
    std::int64_t k = 0;
    std::vector<std::optional<double>> accuracies;  ///< by repeat; empty: missing or set aside
    std::int64_t missing = 0;                       ///< repeats that may still come

    std::vector<double> known() const;
    double mean() const;  ///< of those known; NaN without any
};
Point point_of(Side side, std::int64_t k, std::int64_t repeats, const Lookup& lookup);

/// a - b of each repeat that both have, paired by their seeds.
std::vector<double> paired_differences(const Point& a, const Point& b);

/// Their mean and 95 % Student interval. A single pair gives an interval of no width. Nothing without any.
std::optional<Interval> paired_difference(const Point& a, const Point& b);

}  // namespace sslslr
