#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace sslslr {

/// What a search's plan.json remembers beside its options.
struct SearchPlan {
    std::string code{};            ///< whose results count; kept by StoredPlan
    std::string data_fingerprint;  ///< of the clips
    std::string identity;          ///< what decides a trial's result beside the trial: see SearchJobs
    std::int64_t frames = 0;       ///< n: of the longest clip
    std::int64_t ranks_per_job = 1;
    std::string validated_by;              ///< "signer S02"
    std::vector<std::int64_t> validation;  ///< clip numbers, in the order of the correctness bits
    std::vector<std::int64_t> classes;     ///< of those clips
    std::vector<std::string> class_names;
    std::vector<std::int64_t> lengths;  ///< of those clips, frames
    double seconds_per_job = 0;         ///< as timed, on ranks_per_job ranks
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SearchPlan, data_fingerprint, identity, frames, ranks_per_job,
                                   validated_by, validation, classes, class_names, lengths, seconds_per_job)

}  // namespace sslslr
