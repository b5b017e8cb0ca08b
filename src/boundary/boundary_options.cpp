#include "src/boundary/boundary_options.hpp"

#include <charconv>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
void declare(Options& options, PlanOptions& o) {
    options.section(
        "The search (* may change when a study is planned again; what comes below the search may not)");
    options.add("study", o.study, "* folder of the study, shared by all workers", Decides::nothing);
    options.add("step", o.search.step, "* p: k1 and k2 are tested at p, 2 p, ... frames of the longest clip",
                Decides::nothing);
    options.add("largest", o.search.largest, "* k that is tested (0: all frames of the longest clip)",
                Decides::nothing);
    options.add("sides", o.search.sides, "* both; start (k1) or end (k2) alone", Decides::nothing);
    options.add("repeats", o.search.repeats, "* trainings for each k, each from its own seeds",
                Decides::nothing);
    options.add(
        "mode", o.search.mode,
        "* tolerant (k rises while accuracy does not fall by more than the tolerance), strict (while it "
        "rises) or full (all k)",
        Decides::nothing);
    options.add("tolerance", o.tolerance,
                "* fall in accuracy that counts as none, 0 to 1; auto: half the paired 95 % interval",
                Decides::nothing);
    options.add("halving", o.search.halving,
                "* of a full search: gives up the worse half of the k after 2, 4, ... repeats",
                Decides::nothing);
    options.add(
        "compare", o.compare,
        "* also trains what needs no search (clips' own boundaries by the motion of the wrists, lengths "
        "drawn anew) and the answer on both sides at once",
        Decides::nothing);
    options.add("validation-split", o.validation_split,
                "split that accuracies are measured on (empty: by signer, or a fifth of each class)");
    options.add("validation-signer", o.validation_signers,
                "signers that accuracies are measured on (none: the one of the fewest clips)");
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
