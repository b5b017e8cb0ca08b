#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace sslslr {

/// A mean and the interval around it.
struct Interval {
    double mean = 0;
    double low = 0;
    double high = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Interval, mean, low, high)

/// Formats an interval as "0.812 [0.797, 0.827]".
/// @param digits  after the decimal point
std::string interval_text(const Interval& interval, int digits = 3);
/// Formats an interval of differences as "+0.012 [-0.003, +0.027]".
std::string signed_interval_text(const Interval& interval);

/// Returns a - b, element by element. An interval of the differences is a paired interval (same runs, or same
/// clips).
/// @throws c10::ValueError  sizes differ
std::vector<double> differences(std::span<const double> a, std::span<const double> b);

/// Returns mean and Student-t interval over runs, each trained from its own seed:
/// mean +- t(n - 1) s / sqrt(n).
///
/// @param runs   one figure for each run, or the difference of two figures within each run; at least two
/// @param level  coverage probability of the interval, in (0, 1)
/// @throws c10::ValueError  fewer than two runs, or level outside (0, 1)
Interval student_interval(std::span<const double> runs, double level = 0.95);

struct BootstrapOptions {
    double level = 0.95;
    std::int64_t resamples = 10'000;
    std::uint64_t seed = 0;
};

/// Returns mean and percentile bootstrap interval over test clips: in each resample, clips are drawn with
/// replacement.
///
/// The interval covers the choice of clips by the same signers, for one trained model; it does not cover
/// other seeds or signers. Draws are keyed by (seed, resample), and quantiles interpolate between order
/// statistics.
///
/// @param clips  one value for each clip: 1 right and 0 wrong, or the difference of two models on that clip
/// @throws c10::ValueError  no clips, no resamples, or level outside (0, 1)
/// Cost: clips x resamples draws, about 10 ns each.
/// Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13.
Interval bootstrap_interval(std::span<const double> clips, const BootstrapOptions& options = {});

}  // namespace sslslr
