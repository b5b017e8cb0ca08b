#include "src/boundary/accuracy_curve.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace sslslr {

std::vector<double> Point::known() const {
    std::vector<double> values;
    for (const auto& accuracy : accuracies) {
        if (accuracy) {
            values.push_back(*accuracy);
        }
    }
    return values;
}

double Point::mean() const {
    const auto values = known();
    return values.empty()
               ? std::numeric_limits<double>::quiet_NaN()
               : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Point point_of(Side side, std::int64_t k, std::int64_t repeats, const Lookup& lookup) {
    Point point{.k = k};
    for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
        const auto known = lookup(trial_of(side, k, repeat));
        point.accuracies.push_back(known.status == Known::Status::done ? std::optional{known.accuracy}
                                                                       : std::nullopt);
        point.missing += known.status == Known::Status::missing;
    }
    return point;
}

std::vector<double> paired_differences(const Point& a, const Point& b) {
    std::vector<double> pairs;
    for (std::size_t r = 0; r < std::min(a.accuracies.size(), b.accuracies.size()); ++r) {
        if (a.accuracies[r] && b.accuracies[r]) {
            pairs.push_back(*a.accuracies[r] - *b.accuracies[r]);
        }
    }
    return pairs;
}

std::optional<Interval> paired_difference(const Point& a, const Point& b) {
    const auto pairs = paired_differences(a, b);
    if (pairs.empty()) {
        return std::nullopt;
    }
    return pairs.size() == 1 ? Interval{pairs[0], pairs[0], pairs[0]} : student_interval(pairs);
}

}  // namespace sslslr
