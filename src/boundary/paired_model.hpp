#pragma once

#include <cstdint>
#include <vector>

#include "src/boundary/accuracy_curve.hpp"

namespace sslslr {

/// Accuracies at several k, of which not every k has every repeat: accuracy = effect of k + effect of the
/// repeat + noise, fitted by least squares. Trials of a repeat share their seeds, so the repeat's effect is
/// what they have in common. The noise has one deviation at all k, which gives it many degrees of freedom
/// after few repeats.
///
/// Source: Searle, Casella and McCulloch 1992, "Variance components", chapter 4 (unbalanced two-way layout
/// without interaction).
class PairedModel {
public:
    /// @param points  the first one is the reference; each other one should share a repeat with it, directly
    ///                or through others. Points that do not are left out of all answers.
    explicit PairedModel(const std::vector<Point>& points);

    /// Returns the fitted accuracy at a point minus that at the reference, or NaN if it was left out.
    double effect(std::size_t point) const { return effects_[point]; }

    /// Returns by how many standard errors of their fitted difference the accuracy at `point` is more than
    /// `margin` below that at `other`. 0 if that is not known, because a point was left out or no degree of
    /// freedom is left for the noise.
    double errors_worse(std::size_t point, std::size_t other, double margin) const;
    /// Returns the probability that the difference of these errors_worse() is real, by Student's t
    /// distribution: 0.5 at 0.
    double probability_of(double errors) const;

    double deviation() const noexcept { return deviation_; }  ///< of the noise; 0 without degrees of freedom
    std::int64_t degrees_of_freedom() const noexcept { return degrees_of_freedom_; }

private:
    void fit(const std::vector<Point>& points);

    std::vector<double> effects_;
    std::vector<std::vector<double>> covariance_;  ///< of the effects, in units of the noise's variance
    double deviation_ = 0;
    std::int64_t degrees_of_freedom_ = 0;
};

}  // namespace sslslr
