#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/boundary/observations.hpp"
#include "src/boundary/search_plan.hpp"

namespace sslslr {

/// What a validation clip prefers.
struct ClipRow {
    std::int64_t clip = 0;  ///< its number
    std::string sign;
    std::optional<std::int64_t> k1;  ///< its own; nothing: that side was not searched
    std::optional<std::int64_t> k2;
    bool prefers_k1 = false;  ///< whether any is better for it than another
    bool prefers_k2 = false;
    double loss = 0;  ///< what the global k1 and k2 cost it: the mean over the searched sides
    double inflated_loss = 0;
};

struct SignRow {
    std::string sign;
    std::size_t clips = 0;
    double loss = 0;  ///< mean over its clips
};

/// One row a validation clip.
std::vector<ClipRow> clip_rows(const SearchPlan& plan, const std::optional<OwnBoundaries>& start,
                               const std::optional<OwnBoundaries>& end);

/// One row a sign, the largest loss first.
std::vector<SignRow> sign_rows(const std::vector<ClipRow>& clips);

}  // namespace sslslr
