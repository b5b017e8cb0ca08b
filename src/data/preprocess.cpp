#include "src/data/preprocess.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "io/file/vector_clones.hpp"
#include "src/data/mirror.hpp"
#include "src/data/points.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

// Floats are compared by their bits, as integers: without the sign bit these have the order of the
// magnitudes, with infinity and then NaN above all others. Such comparisons compile to vector instructions.
constexpr std::int32_t magnitude_bits = 0x7FFFFFFF;
constexpr auto infinity_bits = std::bit_cast<std::int32_t>(std::numeric_limits<float>::infinity());
constexpr auto nan_bits = std::bit_cast<std::int32_t>(std::numeric_limits<float>::quiet_NaN());
constexpr auto largest_coordinate_bits = std::bit_cast<std::int32_t>(1e6F);  // more than any image's pixels

/// Copies values; those that are not finite or out of range become NaN.
/// @return not 0 if any value is NaN in the result
SSLSLR_VECTOR_CLONES
std::int32_t widen(const float* __restrict values, std::int64_t count, double* __restrict out) {
    std::int32_t gaps = 0;  // accumulated without an early exit, for vector instructions
    for (std::int64_t i = 0; i < count; ++i) {
        const auto bits = std::bit_cast<std::int32_t>(values[i]);
        const std::int32_t is_lost = (bits & magnitude_bits) > largest_coordinate_bits ? -1 : 0;
        gaps |= is_lost;
        out[i] = std::bit_cast<float>((bits & ~is_lost) | (nan_bits & is_lost));
    }
    return gaps;
}

/// Writes (values - centres) / scale, with 0 for unknown values.
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
        throw ConfigError{io::setting("coordinates", config.coordinates) +
                          ": expected 2 (x, y) or 3 (x, y, z)"};
    }
    if (config.coordinates > store_coordinates) {
        throw ConfigError{io::setting("coordinates", config.coordinates) + ": the data have only " +
                          std::to_string(store_coordinates)};
    }
    if (config.frames < 1) {
        throw ConfigError{io::setting("frames", config.frames) + ": expected 1 or more"};
    }
}

}  // namespace

Preprocessor::Preprocessor(PreprocessConfig config, const std::vector<std::string>& points,
                           std::int64_t coordinates)
    : config_{config}, frame_values_{static_cast<std::int64_t>(points.size()) * coordinates} {
    check(config_, coordinates);
    layout_ = {.points = points_of(config_.points),
               .coordinates = config_.coordinates,
               .centred = config_.normalise};

    for (const auto position : positions_of(layout_.points, points)) {
        const auto from = position * coordinates;
        if (runs_.empty() || runs_.back().from + runs_.back().columns != from) {
            runs_.push_back({from, 0});
        }
        runs_.back().columns += config_.coordinates;
    }
    parts_ = parts_of(layout_.points);
    origin_of_.emplace(layout_.points, config_.coordinates);
    layout_.flags = config_.validity ? static_cast<std::int64_t>(parts_.size()) : 0;
    for (std::size_t hand = 0; hand < wrists_.size(); ++hand) {
        const auto wrist = fmt::format("{}.{}", hand_parts[hand], palm_start);
        wrists_[hand] = positions_of({wrist}, layout_.points)[0] * config_.coordinates;
    }
    partners_ = mirrored_features(layout_);
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

BodyUnit Preprocessor::operator()(std::span<const float> clip, std::span<float> out) const {
    bool has_gaps = false;
    auto series = choose(clip, has_gaps);
    auto flags = validity(series);
    const bool is_mirrored = config_.canonical_hand && is_left_handed(series);
    if (has_gaps) {
        fill_gaps(series);
    }
    if (config_.smooth) {
        series = smoothed(series);
    }
    auto origin = config_.normalise ? (*origin_of_)(series) : as_recorded();
    const auto unit = origin.unit;
    if (length(series.frames()) < series.frames()) {
        normalise(series, origin);
        shorten(series);
        shorten(flags);
        origin = as_recorded();
    }
    write(series, origin, flags, out);
    if (is_mirrored) {
        mirror(out, layout_, partners_);
    }
    return unit;
}

TimeSeries Preprocessor::validity(const TimeSeries& series) const {
    TimeSeries flags{series.frames(), layout_.flags};
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        for (std::int64_t flag = 0; flag < layout_.flags; ++flag) {
            const auto& part = parts_[static_cast<std::size_t>(flag)];
            flags.at(frame, flag) = std::any_of(series.row(frame) + part.first * config_.coordinates,
                                                series.row(frame) + part.last * config_.coordinates,
                                                [](double value) { return !std::isnan(value); })
                                        ? 1
                                        : 0;
        }
    }
    return flags;
}

bool Preprocessor::is_left_handed(const TimeSeries& series) const {
    std::array<double, 2> activity{};
    for (std::size_t hand = 0; hand < activity.size(); ++hand) {
        std::vector<std::array<double, 2>> places;
        std::array<double, 2> sum{};
        for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
            const double x = series.at(frame, wrists_[hand]);
            const double y = series.at(frame, wrists_[hand] + 1);
            if (!std::isnan(x) && !std::isnan(y)) {
                places.push_back({x, y});
                sum = {sum[0] + x, sum[1] + y};
            }
        }
        const auto count = static_cast<double>(places.size());
        for (const auto [x, y] : places) {
            activity[hand] += std::hypot(x - sum[0] / count, y - sum[1] / count);
        }
    }
    return activity[0] > activity[1];
}

void Preprocessor::write(const TimeSeries& series, const Origin& origin, const TimeSeries& flags,
                         std::span<float> out) const {
    float* target = out.data();
    for (std::int64_t frame = 0; frame < series.frames(); ++frame) {
        place(series.row(frame), origin.centres.data(), origin.scale, series.columns(), target);
        target += series.columns();
        for (std::int64_t part = 0; part < layout_.flags; ++part) {
            *target++ = static_cast<float>(flags.at(frame, part));
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

Origin Preprocessor::as_recorded() const {
    return {.centres = std::vector<double>(static_cast<std::size_t>(layout_.landmark_width()))};
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
    if (config_.shorten == Shortening::resample) {
        series = resampled(series, frames);
    } else {
        series.keep_first(frames);
    }
}

}  // namespace sslslr
