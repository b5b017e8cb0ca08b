#include "src/augment/wrist_motion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "io/file/setting.hpp"
#include "src/data/gather.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Series = std::vector<double>;

constexpr std::int64_t shortest = 5;  ///< fewest frames for a useful speed

/// A Gaussian with a standard deviation of one frame, at distances 0 to 4.
constexpr std::array<double, 5> smoothing_weights{0.398943, 0.241971, 0.053991, 0.004432, 0.000134};

// For white noise of deviation 1 (10^6 draws): the first quartile of the squares that median and Gaussian
// remove, and the deviation of the speed that remains.
constexpr double residual_quartile = 0.02297;
constexpr double feigned_speed = 0.2428;

/// The x columns of the points of one wrist, the preferred point first.
using Wrist = std::vector<std::int64_t>;

std::vector<Wrist> wrists_of(const FeatureLayout& layout) {
    std::vector<Wrist> wrists;
    for (const std::string side : {"left", "right"}) {
        Wrist columns;
        for (const auto& name : {"pose." + side + "_wrist", side + "_hand.wrist"}) {
            const auto found = std::ranges::find(layout.points, name);
            if (found != layout.points.end()) {
                columns.push_back((found - layout.points.begin()) * layout.coordinates);
            }
        }
        if (!columns.empty()) {
            wrists.push_back(columns);
        }
    }
    if (wrists.empty()) {
        throw ConfigError{io::setting("boundary", "adaptive") +
                          ": the points include no wrist, whose motion shows where a sign begins and ends"};
    }
    return wrists;
}

Series without_jumps(const Series& series) {
    Series result;
    for (std::size_t at = 0; at < series.size(); ++at) {
        const auto first = std::clamp<std::size_t>(at, 1, series.size() - 2) - 1;
        std::array<double, 3> near{series[first], series[first + 1], series[first + 2]};
        std::ranges::sort(near);
        result.push_back(near[1]);
    }
    return result;
}

/// Smooths a series; at the ends, weights are normalised over the frames that exist.
Series smoothed(const Series& series) {
    const auto frames = std::ssize(series);
    constexpr auto radius = std::ssize(smoothing_weights) - 1;
    Series result;
    for (std::ptrdiff_t at = 0; at < frames; ++at) {
        double sum = 0;
        double weights = 0;
        for (auto near = std::max<std::ptrdiff_t>(at - radius, 0); near <= std::min(at + radius, frames - 1);
             ++near) {
            const double weight = smoothing_weights[static_cast<std::size_t>(std::abs(near - at))];
            sum += weight * series[static_cast<std::size_t>(near)];
            weights += weight;
        }
        result.push_back(sum / weights);
    }
    return result;
}

double first_quartile(Series values) {
    const auto middle = values.begin() + std::ssize(values) / 4;
    std::ranges::nth_element(values, middle);
    return *middle;
}

/// The speed of all wrists that a clip shows, and the apparent speed that noise alone would cause.
class Motion {
public:
    explicit Motion(std::int64_t frames) : squares_(static_cast<std::size_t>(frames), 0.0) {}

    void add(const Series& coordinate) {
        const auto smooth = smoothed(without_jumps(coordinate));
        const auto last = squares_.size() - 1;
        for (std::size_t at = 0; at <= last; ++at) {
            const auto before = at > 0 ? at - 1 : at;
            const auto after = at < last ? at + 1 : at;
            const double velocity = (smooth[after] - smooth[before]) / static_cast<double>(after - before);
            squares_[at] += velocity * velocity;
            residuals_.push_back(std::pow(coordinate[at] - smooth[at], 2));
        }
    }

    Series speed() const {
        Series speed;
        std::ranges::transform(squares_, std::back_inserter(speed),
                               [](double square) { return std::sqrt(square); });
        return speed;
    }

    double noise() const {
        if (residuals_.empty()) {
            return 0;
        }
        const auto coordinates = static_cast<double>(residuals_.size() / squares_.size());
        return feigned_speed * std::sqrt(coordinates * first_quartile(residuals_) / residual_quartile);
    }

private:
    Series squares_;    ///< of the speed, for each frame
    Series residuals_;  ///< squares of what smoothing removed, over all coordinates
};

Motion motion_of(const torch::Tensor& clip, const std::vector<Wrist>& wrists) {
    const auto values = clip.accessor<double, 2>();
    Motion motion{clip.size(0)};
    const auto series = [&](std::int64_t column) {
        Series coordinate;
        for (std::int64_t frame = 0; frame < values.size(0); ++frame) {
            coordinate.push_back(values[frame][column]);
        }
        return coordinate;
    };
    for (const auto& columns : wrists) {
        for (const auto column : columns) {
            const auto x = series(column);
            const auto y = series(column + 1);
            const auto is_zero = [](double value) { return value == 0; };
            if (!std::ranges::all_of(x, is_zero) || !std::ranges::all_of(y, is_zero)) {
                motion.add(x);
                motion.add(y);
                break;
            }
        }
    }
    return motion;
}

/// Returns the number of frames before the speed first reaches the threshold; 0 instead of 1, which smoothing
/// can cause at the edge of a clip.
std::int64_t rest(std::span<const double> speed, double threshold) {
    const auto frames =
        std::ranges::find_if(speed, [&](double value) { return value >= threshold; }) - speed.begin();
    return frames < 2 ? 0 : frames;
}

/// Returns the number of frames until the movement that starts at `onset` has calmed down.
std::int64_t settled(std::span<const double> speed, std::int64_t onset) {
    double highest = 0;
    for (auto at = static_cast<std::size_t>(onset); at + 1 < speed.size(); ++at) {
        highest = std::max(highest, speed[at]);
        if (speed[at] < highest / 2 && speed[at] <= speed[at + 1]) {
            return static_cast<std::int64_t>(at);
        }
    }
    return std::ssize(speed);
}

ClipBoundary boundary_of(const Motion& motion, const WristMotionConfig& config) {
    const auto speed = motion.speed();
    const Series backwards{speed.rbegin(), speed.rend()};
    const double peak = *std::ranges::max_element(speed);
    const double noise = config.noise_factor * motion.noise();
    if (peak <= 2 * noise || peak == 0) {
        return {};
    }
    const double threshold = std::max(config.peak_share * peak, noise);
    const ClipBoundary still{rest(speed, threshold), rest(backwards, threshold)};
    if (!config.with_preparation) {
        return still;
    }
    const ClipBoundary whole{still.k1 > 0 ? settled(speed, still.k1) : 0,
                             still.k2 > 0 ? settled(backwards, still.k2) : 0};
    return whole.k1 + whole.k2 < std::ssize(speed) ? whole : still;
}

double median(Series values) {
    if (values.empty()) {
        return 0;
    }
    const auto middle = values.begin() + std::ssize(values) / 2;
    std::ranges::nth_element(values, middle);
    const double upper = *middle;
    return values.size() % 2 == 1 ? upper : (upper + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

std::vector<ClipBoundary> wrist_motion_boundaries(const Features& features,
                                                  std::span<const std::int64_t> clips,
                                                  const WristMotionConfig& config) {
    if (!(config.peak_share > 0 && config.peak_share < 1)) {
        throw ConfigError{"wrist motion: a share " + std::to_string(config.peak_share) +
                          " of the peak speed: expected more than 0 and less than 1"};
    }
    if (!(config.noise_factor >= 0)) {
        throw ConfigError{"wrist motion: " + std::to_string(config.noise_factor) +
                          " times the noise: expected 0 or more"};
    }
    const auto wrists = wrists_of(features.layout);
    std::vector<ClipBoundary> boundaries;
    for (const auto clip : clips) {
        TORCH_CHECK_VALUE(clip >= 0 && clip < features.clips(), "clip ", clip, " of ", features.clips());
        const auto frames = features.length(clip);
        const auto values = gather(features, {&clip, 1}).frames.to(torch::kFloat64);
        boundaries.push_back(frames < shortest ? ClipBoundary{}
                                               : boundary_of(motion_of(values, wrists), config));
    }
    return boundaries;
}

BoundaryShares median_shares(const Features& features, std::span<const std::int64_t> clips,
                             std::span<const ClipBoundary> boundaries) {
    TORCH_CHECK_VALUE(clips.size() == boundaries.size(), boundaries.size(), " boundaries of ", clips.size(),
                      " clips");
    Series heads;
    Series tails;
    for (std::size_t at = 0; at < clips.size(); ++at) {
        const auto length = static_cast<double>(std::max<std::int64_t>(features.length(clips[at]), 1));
        heads.push_back(static_cast<double>(boundaries[at].k1) / length);
        tails.push_back(static_cast<double>(boundaries[at].k2) / length);
    }
    return {median(heads), median(tails)};
}

}  // namespace sslslr
