#include "src/study/measure.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

using enum Measure::Source;

constexpr std::array measures{
    Measure{"top1", labels, "%", 100, 1, 1, "correct"},
    Measure{"top5", labels, "%", 100, 1, 1, "correct5"},
    Measure{"macro_f1", labels, "%", 100, 1, 1},
    Measure{"validation", labels, "%", 100, 1, 1},
    Measure{"inertia", embedding, "", 1, 3, -1},
    Measure{"inertia_normalised", embedding, "", 1, 4, -1},
    Measure{"within_share", embedding, "%", 100, 1, -1},
    Measure{"spread", embedding, "", 1, 3, 0},
    Measure{"spread_normalised", embedding, "", 1, 3, 0},
    Measure{"alignment", embedding, "", 1, 4, -1},
    Measure{"uniformity", embedding, "", 1, 3, -1},
    Measure{"effective_rank", embedding, "", 1, 2, 1},
    Measure{"negative_similarity", embedding, "", 1, 4, -1},
    Measure{"order_sensitivity", embedding, "", 1, 5, 0},
    Measure{"r1", retrieval, "%", 100, 1, 1},
    Measure{"r5", retrieval, "%", 100, 1, 1},
    Measure{"r10", retrieval, "%", 100, 1, 1},
    Measure{"mrr", retrieval, "", 1, 3, 1},
    Measure{"seconds", pretraining, "s", 1, 1, -1},
    Measure{"spread_end", pretraining, "", 1, 3, 0},
    Measure{"spread_normalised_end", pretraining, "", 1, 3, 0},
};

}  // namespace

const Measure& measure_named(const std::string& name) {
    const auto* const found =
        std::ranges::find(measures, name, [](const Measure& measure) { return std::string{measure.name}; });
    if (found == measures.end()) {
        std::vector<std::string> names;
        std::ranges::transform(measures, std::back_inserter(names), &Measure::name);
        throw ConfigError{fmt::format("measure = {}: expected {}", name, fmt::join(names, ", "))};
    }
    return *found;
}

}  // namespace sslslr
