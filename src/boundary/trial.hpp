#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace sslslr {

/// Whose frames carry no information: the first k1 of a sign, or its last k2.
enum class Side { start, end };

/// One training of a boundary search, and the linear evaluation of its encoder.
struct Trial {
    enum class Kind {
        fixed,     ///< both views permute the first k1 and the last k2 frames
        random,    ///< the encoder's random weights, not trained: a control
        drawn,     ///< k1 and k2 drawn anew for every clip: a boundary without a search, see sensitivity.hpp
        adaptive,  ///< each clip's own k1 and k2, from the motion of its wrists
    };
    Kind kind = Kind::fixed;
    std::int64_t k1 = 0;      ///< frames, of a clip of SearchConfig::frames; 0 unless fixed
    std::int64_t k2 = 0;      ///< likewise
    std::int64_t repeat = 0;  ///< counted from 0; decides all seeds, so that trials of one repeat are paired

    auto operator<=>(const Trial&) const = default;
};

/// Permutes k frames on one side alone; k = 0 is the reference, the same trial for both sides.
Trial trial_of(Side side, std::int64_t k, std::int64_t repeat);

/// "fixed k1=8 k2=0 repeat=2".
std::string text_of(const Trial& trial);

}  // namespace sslslr
