#include "src/data/body_origin.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "src/data/points.hpp"

namespace sslslr {
namespace {

constexpr double smallest_scale = 1e-6;  // in the store's units
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Returns the mean of one column over the frames, NaN if it was never detected.
double mean(const TimeSeries& series, std::int64_t column) {
    double sum = 0;
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        sum += series.at(frame, column);
    }
    return sum / static_cast<double>(series.frames());
}

/// Returns the mean distance of two points in x and y, NaN if one of them was never detected.
double mean_distance(const TimeSeries& series, std::int64_t a, std::int64_t b) {
    double distance = 0;
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        distance += std::hypot(series.at(frame, a) - series.at(frame, b),
                               series.at(frame, a + 1) - series.at(frame, b + 1)) /
                    static_cast<double>(series.frames());
    }
    return distance;
}

/// The mean of those of its values that are known.
class KnownMean {
public:
    void add(double value) {
        if (!std::isnan(value)) {
            sum_ += value;
            ++count_;
        }
    }
    double value_or(double other) const { return count_ == 0 ? other : sum_ / count_; }

private:
    double sum_ = 0;
    int count_ = 0;
};

}  // namespace

BodyOrigin::BodyOrigin(const std::vector<std::string>& points, std::int64_t coordinates)
    : coordinates_{coordinates} {
    const auto column_of = [&](const std::string& point) {
        return positions_of({point}, points).front() * coordinates;
    };
    left_shoulder_ = column_of("pose.left_shoulder");
    right_shoulder_ = column_of("pose.right_shoulder");
    for (const auto& part : parts_of(points)) {
        if (std::ranges::find(hand_parts, part.name) != hand_parts.end()) {
            hands_.push_back({.first = part.first * coordinates,
                              .last = part.last * coordinates,
                              .wrist = column_of(fmt::format("{}.{}", part.name, palm_start)),
                              .knuckle = column_of(fmt::format("{}.{}", part.name, palm_end))});
        }
    }
}

double BodyOrigin::palm_size(const TimeSeries& series) const {
    KnownMean size;
    for (const auto& hand : hands_) {
        size.add(mean_distance(series, hand.wrist, hand.knuckle));
    }
    return size.value_or(unknown);
}

double BodyOrigin::centre_of_hands(const TimeSeries& series, std::int64_t coordinate) const {
    KnownMean centre;
    for (const auto& hand : hands_) {
        for (auto column = hand.first + coordinate; column < hand.last; column += coordinates_) {
            centre.add(mean(series, column));
        }
    }
    return centre.value_or(unknown);
}

double BodyOrigin::centre_of(const TimeSeries& series, BodyUnit unit, std::int64_t coordinate) const {
    const double centre =
        unit == BodyUnit::palms
            ? centre_of_hands(series, coordinate)
            : (mean(series, left_shoulder_ + coordinate) + mean(series, right_shoulder_ + coordinate)) / 2;
    if (!std::isnan(centre)) {
        return centre;
    }
    KnownMean all;
    for (auto column = coordinate; column < series.columns(); column += coordinates_) {
        all.add(mean(series, column));
    }
    return all.value_or(0);
}

Origin BodyOrigin::operator()(const TimeSeries& series) const {
    double size = mean_distance(series, left_shoulder_, right_shoulder_);
    auto unit = BodyUnit::shoulders;
    if (std::isnan(size)) {
        size = palm_size(series);
        unit = std::isnan(size) ? BodyUnit::none : BodyUnit::palms;
    }
    Origin origin{.centres = std::vector<double>(static_cast<std::size_t>(series.columns())),
                  .scale = size >= smallest_scale ? size : 1.0,  // 1 for NaN too
                  .unit = unit};
    for (std::int64_t coordinate = 0; coordinate < coordinates_; ++coordinate) {
        const double centre = centre_of(series, unit, coordinate);
        for (auto column = coordinate; column < series.columns(); column += coordinates_) {
            origin.centres[static_cast<std::size_t>(column)] = centre;
        }
    }
    return origin;
}

}  // namespace sslslr
