#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace sslslr {

/// What plan.json stores of a search besides its options.
struct SearchPlan {
    std::string code{};            ///< codes whose results count; StoredPlan stores it
    std::string data_fingerprint;  ///< of the clips
    std::string identity;          ///< everything except the trial that decides its result: see SearchJobs
    std::int64_t frames = 0;       ///< n: frames of the longest clip
    std::int64_t ranks_per_job = 1;
    std::string validated_by;              ///< for example "signer S02"
    std::vector<std::int64_t> validation;  ///< clip numbers, in the order of the correctness bits
    std::vector<std::int64_t> classes;     ///< of the validation clips
    std::vector<std::string> class_names;
    std::vector<std::int64_t> lengths;  ///< of the validation clips, in frames
    double seconds_per_job = 0;         ///< on ranks_per_job ranks, measured or given
    /// {k1, k2} of differing_frames(), in frames of a clip of length n; empty: none found, or planned by an
    /// earlier release
    std::vector<std::int64_t> differing{};
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SearchPlan, data_fingerprint, identity, frames, ranks_per_job,
                                                validated_by, validation, classes, class_names, lengths,
                                                seconds_per_job, differing)

}  // namespace sslslr
