#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "src/boundary/trial.hpp"
#include "src/evaluate/intervals.hpp"

namespace sslslr {

/// What the results so far say about a trial.
struct Known {
    enum class Status { missing, done, set_aside };
    Status status = Status::missing;
    double accuracy = 0;  ///< share of the validation clips classified correctly, if done
};
using Lookup = std::function<Known(const Trial&)>;

/// The accuracies at one k.
struct Point {
    std::int64_t k = 0;
    std::vector<std::optional<double>> accuracies;  ///< one per repeat; empty: missing or set aside
    std::int64_t missing = 0;                       ///< repeats whose result may still arrive

    std::vector<double> known() const;
    double mean() const;  ///< over the known accuracies; NaN if there are none
};
/// Looks up all repeats of one k on one side.
Point point_of(Side side, std::int64_t k, std::int64_t repeats, const Lookup& lookup);

/// Returns a - b for each repeat that both have; equal repeats share their seeds.
std::vector<double> paired_differences(const Point& a, const Point& b);

/// Returns the mean of these differences with its 95 % Student interval; nothing if there is no pair. A
/// single pair gives an interval of zero width.
std::optional<Interval> paired_difference(const Point& a, const Point& b);

}  // namespace sslslr
