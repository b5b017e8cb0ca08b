#pragma once

#include <nlohmann/json.hpp>

namespace sslslr {

/// Returns all figures of the paper's comparison with the state of the art: [{"data", "method", "top1",
/// "top5", "ours"}], in per cent, null where none is given; "ours" marks the paper's own method. They are
/// single numbers without intervals.
/// Source: Madjoukeng et al. 2025, arXiv:2509.05188, table 6.
nlohmann::json published_results();

}  // namespace sslslr
