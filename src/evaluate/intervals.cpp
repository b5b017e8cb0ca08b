#include "src/evaluate/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <boost/math/distributions/students_t.hpp>
#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "src/data/keyed_random.hpp"

namespace sslslr {
namespace {

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Interpolates linearly between the order statistics around place share x (n - 1), as NumPy does by default.
double quantile(std::span<const double> sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

void check_level(double level) {
    TORCH_CHECK_VALUE(level > 0 && level < 1, "interval: level must be in (0, 1), got ", level);
}

}  // namespace

std::string interval_text(const Interval& i, int digits) {
    return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", i.mean, digits, i.low, digits, i.high, digits);
}

std::string signed_interval_text(const Interval& i) {
    return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", i.mean, i.low, i.high);
}

std::vector<double> differences(std::span<const double> a, std::span<const double> b) {
    TORCH_CHECK_VALUE(a.size() == b.size(), "paired interval: ", a.size(), " values against ", b.size());
    std::vector<double> result(a.size());
    std::ranges::transform(a, b, result.begin(), std::minus<>{});
    return result;
}

Interval student_interval(std::span<const double> runs, double level) {
    check_level(level);
    TORCH_CHECK_VALUE(runs.size() >= 2, "interval over runs: needs two runs or more, got ", runs.size());

    const auto n = static_cast<double>(runs.size());
    const double mean = mean_of(runs);
    double squares = 0;
    for (const double run : runs) {
        squares += (run - mean) * (run - mean);
    }
    const double t = boost::math::quantile(boost::math::students_t{n - 1}, 0.5 + level / 2);
    const double half = t * std::sqrt(squares / (n - 1) / n);
    return {.mean = mean, .low = mean - half, .high = mean + half};
}

Interval bootstrap_interval(std::span<const double> clips, const BootstrapOptions& options) {
    check_level(options.level);
    TORCH_CHECK_VALUE(!clips.empty(), "bootstrap interval: no clips");
    TORCH_CHECK_VALUE(options.resamples >= 1, "bootstrap interval: resamples must be positive, got ",
                      options.resamples);

    std::vector<double> means(static_cast<std::size_t>(options.resamples));
    for (std::size_t resample = 0; resample < means.size(); ++resample) {
        KeyedRandom random{options.seed, Purpose::bootstrap, {resample}};
        double sum = 0;
        for (std::size_t draw = 0; draw < clips.size(); ++draw) {
            sum += clips[random.below(static_cast<std::uint32_t>(clips.size()))];
        }
        means[resample] = sum / static_cast<double>(clips.size());
    }
    std::ranges::sort(means);
    return {.mean = mean_of(clips),
            .low = quantile(means, (1 - options.level) / 2),
            .high = quantile(means, (1 + options.level) / 2)};
}

}  // namespace sslslr
