#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/boundary/observations.hpp"
#include "src/boundary/search_plan.hpp"

namespace sslslr {

/// The k1 and k2 at which one validation clip is classified best.
struct ClipRow {
    std::int64_t clip = 0;  ///< clip number
    std::string sign;
    std::optional<std::int64_t> k1;  ///< the best of all k1 with k2 = 0; nothing if the side is not searched
    std::optional<std::int64_t> k2;  ///< likewise
    bool prefers_k1 = false;         ///< whether some k1 suits it better than another
    bool prefers_k2 = false;
    /// The best pair of those around the answer; nothing if these were not trained, like the following.
    std::optional<ClipBoundary> pair;
    bool prefers_pair = false;
    std::optional<double> loss;           ///< what the global pair costs it, see OwnBoundaries::loss
    std::optional<double> inflated_loss;  ///< see OwnBoundaries::inflated_loss
};

struct SignRow {
    std::string sign;
    std::size_t clips = 0;
    double loss = 0;  ///< mean over its clips
};

/// Returns one row per validation clip, in the order of the plan.
/// @param start, end  nothing for a side that is not searched
/// @param pairs       nothing if they were not trained
std::vector<ClipRow> clip_rows(const SearchPlan& plan, const std::optional<OwnBoundaries>& start,
                               const std::optional<OwnBoundaries>& end,
                               const std::optional<OwnBoundaries>& pairs);

/// Returns one row per sign, the largest loss first.
/// @param clips  with their losses
std::vector<SignRow> sign_rows(const std::vector<ClipRow>& clips);

}  // namespace sslslr
