#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace sslslr {

/// An end of a sign whose frames may carry no information: the first k1 or the last k2 frames.
enum class Side { start, end };

/// One training of a boundary search, and the linear evaluation of its encoder.
struct Trial {
    enum class Kind {
        fixed,   ///< both views permute the first k1 and the last k2 frames
        random,  ///< an untrained encoder with random weights: a control
        drawn,   ///< random k1 and k2 for every clip: a boundary without a search, see sensitivity.hpp
    };
    Kind kind = Kind::fixed;
    std::int64_t k1 = 0;      ///< frames of a clip of length SearchConfig::frames; 0 unless fixed
    std::int64_t k2 = 0;      ///< likewise
    std::int64_t repeat = 0;  ///< counted from 0; decides all seeds, so that trials of one repeat are paired

    auto operator<=>(const Trial&) const = default;
};

/// Returns the trial that permutes k frames on one side only. The reference k = 0 is the same trial for both
/// sides.
Trial trial_of(Side side, std::int64_t k, std::int64_t repeat);

/// Returns a text such as "fixed k1=8 k2=0 repeat=2", which is part of a job's id.
std::string text_of(const Trial& trial);

}  // namespace sslslr
