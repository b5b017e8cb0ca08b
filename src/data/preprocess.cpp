#include "src/data/preprocess.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "io/vector_clones.hpp"
#include "src/data/points.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

// Floats are compared as whole numbers: those of magnitudes are ordered as the magnitudes, with infinity and then NaN
// above all others, and such comparisons compile to vector instructions.
constexpr std::int32_t magnitude_bits = 0x7FFFFFFF;
constexpr auto infinity_bits = std::bit_cast<std::int32_t>(std::numeric_limits<float>::infinity());
constexpr auto nan_bits = std::bit_cast<std::int32_t>(std::numeric_limits<float>::quiet_NaN());
constexpr auto largest_coordinate_bits = std::bit_cast<std::int32_t>(1e6F);  // more than any image's pixels
constexpr double smallest_distance = 1e-6;  // of the shoulders, in the store's units

/// Values that are not finite or out of range become NaN. @return not 0 if any did, or was
SSLSLR_VECTOR_CLONES
std::int32_t widen(const float* __restrict values, std::int64_t count, double* __restrict out) {
    std::int32_t gaps = 0;  // gathered without a way out, for vector instructions
    for (std::int64_t i = 0; i < count; ++i) {
        const auto bits = std::bit_cast<std::int32_t>(values[i]);
        const std::int32_t is_lost = (bits & magnitude_bits) > largest_coordinate_bits ? -1 : 0;
        gaps |= is_lost;
        out[i] = std::bit_cast<float>((bits & ~is_lost) | (nan_bits & is_lost));
    }
    return gaps;
}

/// (values - centres) / scale, what is unknown as 0.
SSLSLR_VECTOR_CLONES
void place(const double* __restrict values, const double* __restrict centres, double scale,
           std::int64_t count, float* __restrict out) {
    for (std::int64_t i = 0; i < count; ++i) {
        const auto bits = std::bit_cast<std::int32_t>(static_cast<float>((values[i] - centres[i]) / scale));
        out[i] = std::bit_cast<float>((bits & magnitude_bits) > infinity_bits ? 0 : bits);
    }
}

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
    std::int64_t column = 0;
    for (const auto position : positions_of(layout_.points, points)) {
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
        const auto from = position * coordinates;
        if (runs_.empty() || runs_.back().from + runs_.back().columns != from) {
            runs_.push_back({from, 0});
        }
        runs_.back().columns += config_.coordinates;
        column += config_.coordinates;
    }
    layout_.masks = config_.part_masks ? static_cast<std::int64_t>(parts_.size()) : 0;
}

std::int64_t Preprocessor::length(std::int64_t frames) const {
    return std::min(frames, config_.frames);
}

std::vector<float> Preprocessor::operator()(std::span<const float> clip) const {
    std::vector<float> features(static_cast<std::size_t>(
        length(static_cast<std::int64_t>(clip.size()) / frame_values_) * layout_.width()));
    operator()(clip, features);
    return features;
}

void Preprocessor::operator()(std::span<const float> clip, std::span<float> out) const {
    bool has_gaps = false;
    auto series = choose(clip, has_gaps);
    if (has_gaps) {
        fill(series);
    }
    if (config_.smooth) {
        series = smoothed(series);
    }
    auto origin = config_.normalise ? origin_of(series) : as_recorded();
    if (length(series.frames()) < series.frames()) {
        normalise(series, origin);
        shorten(series);
        origin = as_recorded();
    }
    write(series, origin, out);
}

void Preprocessor::write(const TimeSeries& series, const Origin& origin, std::span<float> out) const {
    float* target = out.data();
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        place(series.row(frame), origin.centres.data(), origin.scale, series.columns(), target);
        target += series.columns();
        for (std::int64_t part = 0; part < layout_.masks; ++part) {
            const auto [first, last] = parts_[static_cast<std::size_t>(part)];
            bool is_missing = true;
            for (auto column = first; column < last; ++column) {
                is_missing = is_missing && std::isnan(series.at(frame, column));
            }
            *target++ = is_missing ? 1.0F : 0.0F;
        }
    }
}

TimeSeries Preprocessor::choose(std::span<const float> clip, bool& has_gaps) const {
    TimeSeries series{static_cast<std::int64_t>(clip.size()) / frame_values_, layout_.landmark_width()};
    std::int32_t gaps = 0;
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        double* target = series.row(frame);
        for (const auto [from, columns] : runs_) {
            gaps |= widen(clip.data() + frame * frame_values_ + from, columns, target);
            target += columns;
        }
    }
    has_gaps = gaps != 0;
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

Preprocessor::Origin Preprocessor::as_recorded() const {
    return {std::vector<double>(static_cast<std::size_t>(layout_.landmark_width()), 0.0), 1.0};
}

Preprocessor::Origin Preprocessor::origin_of(const TimeSeries& series) const {
    double distance = 0;
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        distance += std::hypot(series.at(frame, left_shoulder_) - series.at(frame, right_shoulder_),
                               series.at(frame, left_shoulder_ + 1) - series.at(frame, right_shoulder_ + 1)) /
                    static_cast<double>(series.frames());
    }
    auto origin = as_recorded();
    origin.scale = distance >= smallest_distance ? distance : 1.0;  // 1 for NaN too
    for (std::int64_t coordinate = 0; coordinate < config_.coordinates; ++coordinate) {
        const double midpoint =
            (mean(series, left_shoulder_ + coordinate) + mean(series, right_shoulder_ + coordinate)) / 2;
        const double centre =
            std::isnan(midpoint) ? mean_of_detected(series, coordinate, config_.coordinates) : midpoint;
        for (auto column = coordinate; column < series.columns(); column += config_.coordinates) {
            origin.centres[static_cast<std::size_t>(column)] = centre;
        }
    }
    return origin;
}

void Preprocessor::normalise(TimeSeries& series, const Origin& origin) {
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        double* const __restrict values = series.row(frame);
        for (std::int64_t column = 0; column < series.columns(); ++column) {
            values[column] =
                (values[column] - origin.centres[static_cast<std::size_t>(column)]) / origin.scale;
        }
    }
}

void Preprocessor::shorten(TimeSeries& series) const {
    const auto frames = length(series.frames());
    if (config_.shorten == "resample") {
        series = resampled(series, frames);
    } else {
        series.keep_first(frames);
    }
}

}  // namespace sslslr
