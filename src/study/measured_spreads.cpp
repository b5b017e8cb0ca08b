#include "src/study/measured_spreads.hpp"

namespace sslslr {

std::map<std::int64_t, Spread> measured_spreads(std::span<const nlohmann::json> rows) {
    std::map<std::int64_t, Spread> spreads;
    for (const auto& row : rows) {
        for (const auto& [raw, normalised] : {std::pair{"spread", "spread_normalised"},
                                              std::pair{"spread_features", "spread_features_normalised"}}) {
            if (row.contains(raw)) {
                spreads[row.at("step")] = {.raw = row.at(raw), .normalised = row.at(normalised)};
                break;
            }
        }
    }
    return spreads;
}

}  // namespace sslslr
