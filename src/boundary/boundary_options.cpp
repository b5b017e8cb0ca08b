#include "src/boundary/boundary_options.hpp"

#include <charconv>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/program.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

std::string instead_of_full() {
    return fmt::format("removed: {} tests every k, with more repeats where the answer needs them",
                       io::setting("mode", word_of(SearchMode::racing)));
}

}  // namespace

void declare(Options& options, PlanOptions& o) {
    options.section(
        "The search (only options of this section that are marked * may change when it is planned again)");
    options.add("study", o.study, "* folder of the search, shared by all workers", Decides::nothing);
    options.add("step", o.search.step,
                "* step p of the search, in frames of the longest clip: k1 and k2 of p, 2 p, ... are tested",
                Decides::nothing);
    options.add("largest", o.search.largest,
                "* largest k to test, in frames (0: all frames of the longest clip)", Decides::nothing);
    options.add("sides", o.search.sides, "* sides to search: both, start (only k1) or end (only k2)",
                Decides::nothing);
    options.add("repeats", o.search.repeats,
                "* trainings for each k, each from its own seeds; for a race, the maximum", Decides::nothing);
    options.add("mode", o.search.mode,
                "* racing (tests every k, then repeats where the answer depends on them until it is "
                "decided), or as in the "
                "paper: tolerant (k rises while accuracy falls by no more than the tolerance) or strict (k "
                "rises while accuracy rises)",
                Decides::nothing);
    options.removed_word("full", word_of(SearchMode::racing), instead_of_full());
    options.removed("halving", instead_of_full(), "false", Decides::nothing);
    options.add("margin", o.search.margin,
                "* largest loss of accuracy that does no harm, 0 to 1; a k that loses more is worse",
                Decides::nothing);
    options.add(
        "error-rate", o.search.error,
        "* probability with which a race may be more than a step off, over the sides that are searched",
        Decides::nothing);
    options.add(
        "tolerance", o.tolerance,
        "* of tolerant and strict: largest fall in accuracy that is accepted, 0 to 1, or auto: half the "
        "paired 95 % interval",
        Decides::nothing);
    options.add("compare", o.compare,
                "* also trains a boundary that needs no search (random lengths) and, together, the k1 and k2 "
                "that were found",
                Decides::nothing);
    options.add("validation-split", o.validation_split,
                "split on which accuracy is measured (empty: by signer, or a fifth of each class)");
    options.add("validation-signer", o.validation_signers,
                "signers on whose clips accuracy is measured (none: the signer with the fewest clips)");
    options.add("probe", o.probe, "classifier on the frozen features: mlp (one hidden layer) or linear");
    options.add("ranks-per-job", o.ranks_per_job, "ranks that train one job together");
    options.add("json", o.json, "* prints one JSON object", Decides::nothing);
    declare_learning(options, o.training);
    options.section_of_this_call("This call (not remembered)");
    options.add("accept-other-code", o.accepts_other_code, accept_other_code_help, Decides::nothing);
    PretrainOptions unused;
    Options of_a_run{""};
    declare(of_a_run, unused);
    options.pass_over(of_a_run.names());  // so that one file serves both commands
}

ProtocolConfig probe_of(const PlanOptions& options) {
    ProtocolConfig config;
    config.probe = options.probe;
    return config;
}

void read_tolerance(PlanOptions& fields) {
    fields.search.tolerance.reset();
    if (fields.tolerance == "auto") {
        return;
    }
    double value = 0;
    const auto* const end = fields.tolerance.data() + fields.tolerance.size();
    if (std::from_chars(fields.tolerance.data(), end, value).ptr != end || fields.tolerance.empty()) {
        throw ConfigError{fmt::format("{}: expected auto or a number from 0 to 1",
                                      io::setting("tolerance", fields.tolerance))};
    }
    fields.search.tolerance = value;
}

}  // namespace sslslr
