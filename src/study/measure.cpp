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
    Measure{"top1", "accuracy", labels, "%", 100, 1, 1},
    Measure{"top5", "accuracy among five", labels, "%", 100, 1, 1},
    Measure{"macro_f1", "macro F1", labels, "%", 100, 1, 1},
    Measure{"inertia", "intra-class inertia", embedding, "", 1, 3, -1},
    Measure{"inertia_normalised", "intra-class inertia of normalised features", embedding, "", 1, 4, -1},
    Measure{"within_share", "share of the inertia within classes", embedding, "%", 100, 1, -1},
    Measure{"spread", "spread of features", embedding, "", 1, 3, 0},
    Measure{"spread_normalised", "spread of normalised features", embedding, "", 1, 3, 0},
    Measure{"alignment", "alignment", embedding, "", 1, 4, -1},
    Measure{"uniformity", "uniformity", embedding, "", 1, 3, -1},
    Measure{"effective_rank", "effective rank", embedding, "", 1, 2, 1},
    Measure{"negative_similarity", "cosine between classes", embedding, "", 1, 4, -1},
    Measure{"seconds", "execution time", pretraining, "s", 1, 1, -1},
    Measure{"spread_end", "spread of outputs at the end over the start", pretraining, "", 1, 3, 0},
    Measure{"spread_normalised_end", "the same of normalised outputs", pretraining, "", 1, 3, 0},
};

}  // namespace

const Measure& measure_named(const std::string& name) {
    const auto* const found =
        std::ranges::find(measures, name, [](const Measure& measure) { return std::string{measure.name}; });
    if (found == measures.end()) {
        std::vector<std::string> names;
        std::ranges::transform(measures, std::back_inserter(names), &Measure::name);
        throw ConfigError{fmt::format("--study: measure = {}: expected {}", name, fmt::join(names, ", "))};
    }
    return *found;
}

}  // namespace sslslr
