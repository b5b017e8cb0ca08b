#include "src/data/preprocess.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "src/data/points.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr double largest_coordinate = 1e6;  // more than any image's pixels
constexpr double smallest_distance = 1e-6;  // of the shoulders, in the store's units

void check(const PreprocessConfig& config, std::int64_t store_coordinates) {
    if (config.coordinates != 2 && config.coordinates != 3) {
        throw ConfigError{"--coordinates " + std::to_string(config.coordinates) +
                          ": 2 (x, y) or 3 (x, y, z)"};
    }
    if (config.coordinates > store_coordinates) {
        throw ConfigError{"--coordinates " + std::to_string(config.coordinates) + ": the data have " +
                          std::to_string(store_coordinates)};
    }
    if (config.frames < 1) {
        throw ConfigError{"--frames " + std::to_string(config.frames) + ": a clip keeps at least 1"};
    }
    if (config.shorten != "resample" && config.shorten != "first") {
        throw ConfigError{"--shorten " + config.shorten + ": there are resample and first"};
    }
}

/// Mean over the frames of one column, NaN if it was never detected.
double mean(const TimeSeries& series, std::int64_t column) {
    double sum = 0;
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        sum += series.at(frame, column);
    }
    return sum / static_cast<double>(series.frames());
}

/// Mean of one coordinate over all points that were detected, 0 if there are none.
double mean_of_detected(const TimeSeries& series, std::int64_t coordinate, std::int64_t coordinates) {
    double sum = 0;
    int points = 0;
    for (auto column = coordinate; column < series.columns(); column += coordinates) {
        if (const auto value = mean(series, column); !std::isnan(value)) {
            sum += value;
            ++points;
        }
    }
    return points == 0 ? 0.0 : sum / points;
}

}  // namespace

Preprocessor::Preprocessor(PreprocessConfig config, const std::vector<std::string>& points,
                           std::int64_t coordinates)
    : config_{std::move(config)}, frame_values_{static_cast<std::int64_t>(points.size()) * coordinates} {
    check(config_, coordinates);
    layout_ = {.points = points_of(config_.points),
               .coordinates = config_.coordinates,
               .centred = config_.normalise};

    std::string_view part;
    for (const auto position : positions_of(layout_.points, points)) {
        const auto column = static_cast<std::int64_t>(columns_.size());
        const std::string& name = layout_.points[static_cast<std::size_t>(column / config_.coordinates)];
        if (part_of(name) != part) {
            part = part_of(name);
            parts_.push_back({column, column});
        }
        parts_.back().last = column + config_.coordinates;
        if (name == "pose.left_shoulder") {
            left_shoulder_ = column;
        } else if (name == "pose.right_shoulder") {
            right_shoulder_ = column;
        }
        for (std::int64_t coordinate = 0; coordinate < config_.coordinates; ++coordinate) {
            columns_.push_back(position * coordinates + coordinate);
        }
    }
    layout_.masks = config_.part_masks ? static_cast<std::int64_t>(parts_.size()) : 0;
}

std::int64_t Preprocessor::length(std::int64_t frames) const {
    return std::min(frames, config_.frames);
}

std::vector<float> Preprocessor::operator()(std::span<const float> clip) const {
    auto series = choose(clip);
    fill(series);
    if (config_.smooth) {
        series = smoothed(series);
    }
    if (config_.normalise) {
        normalise(series);
    }
    shorten(series);

    std::vector<float> features;
    features.reserve(static_cast<std::size_t>(series.frames() * layout_.width()));
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        for (std::int64_t column = 0; column < series.columns(); ++column) {
            const double value = series.at(frame, column);
            features.push_back(std::isnan(value) ? 0.0F : static_cast<float>(value));
        }
        for (std::int64_t part = 0; part < layout_.masks; ++part) {
            const auto [first, last] = parts_[static_cast<std::size_t>(part)];
            bool is_missing = true;
            for (auto column = first; column < last; ++column) {
                is_missing = is_missing && std::isnan(series.at(frame, column));
            }
            features.push_back(is_missing ? 1.0F : 0.0F);
        }
    }
    return features;
}

TimeSeries Preprocessor::choose(std::span<const float> clip) const {
    TimeSeries series{static_cast<std::int64_t>(clip.size()) / frame_values_,
                      static_cast<std::int64_t>(columns_.size())};
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        for (std::int64_t column = 0; column < series.columns(); ++column) {
            const auto position = frame * frame_values_ + columns_[static_cast<std::size_t>(column)];
            const double value = clip[static_cast<std::size_t>(position)];
            const bool is_detected = std::abs(value) <= largest_coordinate;  // false for NaN
            series.at(frame, column) = is_detected ? value : std::numeric_limits<double>::quiet_NaN();
        }
    }
    return series;
}

void Preprocessor::fill(TimeSeries& series) const {
    for (const auto [first, last] : parts_) {
        if (!fill_gaps(series, first, last)) {
            for (auto column = first; column < last; ++column) {
                fill_gaps(series, column, column + 1);
            }
        }
    }
}

void Preprocessor::normalise(TimeSeries& series) const {
    double distance = 0;
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        distance += std::hypot(series.at(frame, left_shoulder_) - series.at(frame, right_shoulder_),
                               series.at(frame, left_shoulder_ + 1) - series.at(frame, right_shoulder_ + 1)) /
                    static_cast<double>(series.frames());
    }
    const double scale = distance >= smallest_distance ? distance : 1.0;  // 1 for NaN too

    for (std::int64_t coordinate = 0; coordinate < config_.coordinates; ++coordinate) {
        const double midpoint =
            (mean(series, left_shoulder_ + coordinate) + mean(series, right_shoulder_ + coordinate)) / 2;
        const double centre =
            std::isnan(midpoint) ? mean_of_detected(series, coordinate, config_.coordinates) : midpoint;
        for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
            for (auto column = coordinate; column < series.columns(); column += config_.coordinates) {
                series.at(frame, column) = (series.at(frame, column) - centre) / scale;
            }
        }
    }
}

void Preprocessor::shorten(TimeSeries& series) const {
    const auto frames = length(series.frames());
    if (frames == series.frames()) {
        return;
    }
    if (config_.shorten == "resample") {
        series = resampled(series, frames);
    } else {
        series.keep_first(frames);
    }
}

}  // namespace sslslr
