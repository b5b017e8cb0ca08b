#pragma once

#include <string>
#include <vector>

#include "src/boundary/search_config.hpp"
#include "src/protocol/protocol.hpp"
#include "src/run/pretrain_options.hpp"

namespace sslslr {

/// Options of `sslslr boundary plan`, stored in plan.json of the search's folder.
struct PlanOptions {
    std::string study;
    PretrainOptions training;
    SearchConfig search;
    std::string tolerance = "auto";
    std::string validation_split;
    std::vector<std::string> validation_signers;
    ProbeKind probe = ProbeKind::mlp;
    bool compare = true;
    std::int64_t ranks_per_job = 1;
    bool json = false;
    bool accepts_other_code = false;
};

/// Binds every option to its field; `fields` must outlive `options`.
void declare(Options& options, PlanOptions& fields);

/// Returns the protocol that evaluates a trial: a probe on its frozen features.
ProtocolConfig probe_of(const PlanOptions& options);

/// Sets search.tolerance from the text of its option. @throws ConfigError  it is neither a number nor auto
void read_tolerance(PlanOptions& fields);

}  // namespace sslslr
