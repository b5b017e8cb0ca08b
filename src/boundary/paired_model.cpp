#include "src/boundary/paired_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <boost/math/distributions/students_t.hpp>

namespace sslslr {
namespace {

using Matrix = std::vector<std::vector<double>>;

/// Inverts a symmetric matrix by Gauss and Jordan. A row and column whose pivot vanishes becomes NaN. Plain
/// loops, whose order of operations does not depend on the machine.
Matrix inverse(Matrix a) {
    const auto n = a.size();
    Matrix b(n, std::vector<double>(n));
    std::vector<bool> is_singular(n);
    for (std::size_t i = 0; i < n; ++i) {
        b[i][i] = 1;
    }
    constexpr double smallest = 1e-9;  // the entries are counts of repeats and their fractions
    for (std::size_t pivot = 0; pivot < n; ++pivot) {
        if (std::fabs(a[pivot][pivot]) < smallest) {
            is_singular[pivot] = true;
            continue;
        }
        const double scale = a[pivot][pivot];
        for (std::size_t column = 0; column < n; ++column) {
            a[pivot][column] /= scale;
            b[pivot][column] /= scale;
        }
        for (std::size_t row = 0; row < n; ++row) {
            const double factor = a[row][pivot];
            if (row == pivot || factor == 0) {
                continue;
            }
            for (std::size_t column = 0; column < n; ++column) {
                a[row][column] -= factor * a[pivot][column];
                b[row][column] -= factor * b[pivot][column];
            }
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (is_singular[i] || is_singular[j]) {
                b[i][j] = std::numeric_limits<double>::quiet_NaN();
            }
        }
    }
    return b;
}

}  // namespace

PairedModel::PairedModel(const std::vector<Point>& points)
    : effects_(points.size()), covariance_(points.size(), std::vector<double>(points.size())) {
    fit(points);
}

void PairedModel::fit(const std::vector<Point>& points) {
    const auto count = points.size();
    std::size_t repeats = 0;
    for (const auto& point : points) {
        repeats = std::max(repeats, point.accuracies.size());
    }
    const auto value = [&](std::size_t point, std::size_t repeat) -> std::optional<double> {
        const auto& accuracies = points[point].accuracies;
        return repeat < accuracies.size() ? accuracies[repeat] : std::nullopt;
    };
    // The repeats' effects are eliminated: each repeat centres its accuracies on their mean.
    Matrix normal(count, std::vector<double>(count));
    std::vector<double> right(count);
    std::int64_t values = 0;
    std::int64_t used_repeats = 0;
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
        std::vector<std::size_t> present;
        double sum = 0;
        for (std::size_t point = 0; point < count; ++point) {
            if (const auto accuracy = value(point, repeat)) {
                present.push_back(point);
                sum += *accuracy;
            }
        }
        if (present.size() < 2) {
            continue;
        }
        ++used_repeats;
        values += std::ssize(present);
        const auto share = 1 / static_cast<double>(present.size());
        for (const auto i : present) {
            right[i] += *value(i, repeat) - sum * share;
            for (const auto j : present) {
                normal[i][j] += (i == j ? 1 : 0) - share;
            }
        }
    }
    // The reference has effect 0, so its row and column are left out.
    Matrix reduced;
    for (std::size_t i = 1; i < count; ++i) {
        reduced.emplace_back(normal[i].begin() + 1, normal[i].end());
    }
    const auto inverted = inverse(std::move(reduced));
    std::int64_t fitted = 0;
    for (std::size_t i = 1; i < count; ++i) {
        const bool is_known = std::isfinite(inverted[i - 1][i - 1]);
        fitted += is_known ? 1 : 0;
        effects_[i] = is_known ? 0 : std::numeric_limits<double>::quiet_NaN();
        for (std::size_t j = 1; j < count; ++j) {
            covariance_[i][j] = inverted[i - 1][j - 1];
            if (is_known && std::isfinite(inverted[i - 1][j - 1])) {
                effects_[i] += inverted[i - 1][j - 1] * right[j];
            }
        }
    }
    degrees_of_freedom_ = std::max<std::int64_t>(values - used_repeats - fitted, 0);
    double squares = 0;
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
        std::vector<double> rest;
        double sum = 0;
        for (std::size_t point = 0; point < count; ++point) {
            if (const auto accuracy = value(point, repeat); accuracy && std::isfinite(effects_[point])) {
                rest.push_back(*accuracy - effects_[point]);
                sum += rest.back();
            }
        }
        for (const auto each : rest) {
            const auto residual = each - sum / static_cast<double>(rest.size());
            squares += residual * residual;
        }
    }
    deviation_ = degrees_of_freedom_ > 0 ? std::sqrt(squares / static_cast<double>(degrees_of_freedom_)) : 0;
}

double PairedModel::errors_worse(std::size_t point, std::size_t other, double margin) const {
    const double difference = effects_[point] - effects_[other];
    if (degrees_of_freedom_ == 0 || !std::isfinite(difference)) {
        return 0;
    }
    const double variance =
        covariance_[point][point] + covariance_[other][other] - 2 * covariance_[point][other];
    // Accuracies are shares of clips: if all residuals are 0, their difference is known exactly.
    constexpr double smallest = 1e-9;
    const double error = std::max(deviation_ * std::sqrt(variance), smallest);
    return (-margin - difference) / error;
}

double PairedModel::probability_of(double errors) const {
    if (degrees_of_freedom_ == 0) {
        return 0.5;
    }
    const boost::math::students_t distribution{static_cast<double>(degrees_of_freedom_)};
    return boost::math::cdf(distribution, errors);
}

}  // namespace sslslr
