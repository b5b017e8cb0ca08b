// How often the rules of a boundary search answer correctly, on simulated accuracies with a known boundary.
//
// usage: search_rule [STUDIES]    (default: 1000 per line)
//
// Prints one line of CSV per rule and case. A case is a curve of accuracy over k on one side (a plateau up to
// the boundary, then a loss at each step) with normal noise on every training besides what the trainings of a
// repeat share. benchmarks/search_rule.py makes tables and a figure of it.
//
//   racing   the default of `boundary plan`
//   grid     the same decision, with all repeats at every k
//   tolerant, strict   the rules of the paper, with all repeats at every k they reach
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "src/boundary/assumed_accuracy.hpp"
#include "src/boundary/observations.hpp"
#include "src/boundary/race.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

struct Case {
    std::int64_t lengths = 16;  ///< number of k
    std::int64_t edge = 4;      ///< number of k that do no harm
    double loss = 0.06;         ///< of accuracy at every step beyond them
    double noise = 0.02;        ///< standard deviation of a training within its repeat
    std::int64_t repeats = 10;
};

struct Rule {
    std::string name;
    SearchMode mode;
    bool is_grid = false;
};

constexpr std::int64_t step = 4;

Lookup simulated(const Case& setting, std::uint64_t study) {
    const AssumedAccuracy accuracy{.planted_k1 = step * setting.edge,
                                   .slope = setting.loss / static_cast<double>(step),
                                   .noise = setting.noise,
                                   .seed = study};
    return [accuracy](const Trial& trial) { return Known{Known::Status::done, accuracy.of(trial)}; };
}

struct Rates {
    double exact = 0;
    double near = 0;   ///< within one step
    double wrong = 0;  ///< decided, further off than a step
    double undecided = 0;
    double supported = 0;      ///< verdicts that a boundary is supported
    double false_support = 0;  ///< of those, further off than a step, or without any boundary
    double k = 0;              ///< mean answer, in steps
    double trainings = 0;
};

Rates rates_of(const Case& setting, const Rule& rule, std::int64_t studies) {
    const SearchConfig config{.frames = step * setting.lengths,
                              .sides = Sides::start,
                              .step = step,
                              .repeats = setting.repeats,
                              .mode = rule.mode,
                              .first_repeats = rule.is_grid ? setting.repeats : SearchConfig{}.first_repeats};
    Rates rates;
    for (std::int64_t study = 0; study < studies; ++study) {
        const auto lookup = simulated(setting, static_cast<std::uint64_t>(study));
        const auto found = search_side(Side::start, config, lookup);
        const auto verdicts = verdicts_of(Side::start, found, config, lookup);
        const bool is_supported = verdict_of(found, verdicts, config).is_supported;
        const auto off = std::abs(found.k / step - setting.edge);
        const bool has_none = setting.edge == setting.lengths;
        const auto add = [&](double& rate, double value) { rate += value / static_cast<double>(studies); };
        add(rates.exact, off == 0);
        add(rates.near, off <= 1);
        add(rates.wrong, found.is_decided && off > 1);
        add(rates.undecided, !found.is_decided);
        add(rates.supported, is_supported);
        add(rates.false_support, is_supported && (has_none || off > 1));
        add(rates.k, static_cast<double>(found.k) / step);
        add(rates.trainings, static_cast<double>(found.rests_on.size()));
    }
    return rates;
}

void print(const std::string& varied, const Case& setting, std::int64_t studies) {
    for (const auto& rule : {Rule{"racing", SearchMode::racing}, Rule{"grid", SearchMode::racing, true},
                             Rule{"tolerant", SearchMode::tolerant}, Rule{"strict", SearchMode::strict}}) {
        const auto r = rates_of(setting, rule, studies);
        fmt::print("{},{},{},{},{},{},{},{:.4f},{:.4f},{:.4f},{:.4f},{:.4f},{:.4f},{:.3f},{:.1f}\n", varied,
                   setting.lengths, setting.edge, setting.loss, setting.noise, setting.repeats, rule.name,
                   r.exact, r.near, r.wrong, r.undecided, r.supported, r.false_support, r.k, r.trainings);
    }
}

void print_all(std::int64_t studies) {
    fmt::print(
        "varied,lengths,edge,loss,noise,repeats,rule,exact,near,wrong,undecided,supported,"
        "false_support,k,trainings\n");
    for (const double noise : {0.005, 0.01, 0.02, 0.04, 0.08}) {
        print("noise", {.noise = noise}, studies);
        print("none", {.edge = 16, .noise = noise}, studies);
    }
    for (const double loss : {0.03, 0.045, 0.06, 0.12}) {
        print("loss", {.loss = loss}, studies);
    }
    for (const std::int64_t repeats : {2, 3, 5, 10, 20}) {
        print("repeats", {.repeats = repeats}, studies);
    }
    for (const std::int64_t edge : {0, 2, 8, 14}) {
        print("plateau", {.edge = edge}, studies);
    }
    for (const std::int64_t lengths : {8, 16, 40}) {
        print("lengths", {.lengths = lengths}, studies);
    }
}

}  // namespace
}  // namespace sslslr

int main(int arguments, char** argument) {
    sslslr::print_all(arguments > 1 ? std::stoll(argument[1]) : 1000);
}
