#pragma once

#include <nlohmann/json.hpp>

namespace sslslr {

/// The figures of the paper's comparison with the state of the art, all of them: [{"data", "method", "top1", "top5",
/// "ours"}], per cent, null where it has none; "ours" are the paper's own method's. They are single numbers without
/// intervals. Source: Madjoukeng et al. 2025, arXiv:2509.05188, table 6.
nlohmann::json published_results();

}  // namespace sslslr
