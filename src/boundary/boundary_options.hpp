#pragma once

#include <string>
#include <vector>

#include "src/boundary/search_config.hpp"
#include "src/protocol/protocol.hpp"
#include "src/run/pretrain_options.hpp"

namespace sslslr {

/// Options of `sslslr boundary plan`; the folder remembers them in plan.json.
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

/// Declares every option on its field; `fields` must outlive `options`.
void declare(Options& options, PlanOptions& fields);

/// What reads the frozen features of a trial.
ProtocolConfig probe_of(const PlanOptions& options);

/// Fills search.tolerance from its option. @throws ConfigError  neither a number nor auto
void read_tolerance(PlanOptions& fields);

}  // namespace sslslr
