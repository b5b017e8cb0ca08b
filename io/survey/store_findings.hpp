#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"
#include "io/survey/store_survey.hpp"

namespace sslslr::io {

/// A problem or a remark about a store that its user should know.
struct Finding {
    std::string name;                     ///< kind of finding, for scripts
    bool is_note = false;                 ///< possibly intended; otherwise a warning
    std::int64_t count = 0;               ///< of clips, contents, classes, ...: see `what`
    std::string what;                     ///< one sentence
    std::vector<std::int64_t> clips{};    ///< the first few clips concerned
    std::vector<std::string> examples{};  ///< the first few names concerned, if not of clips
    std::string fix;
};

/// Returns all findings about a store, warnings first.
std::vector<Finding> findings_of(const ClipIndex& index, const StoreSurvey& survey);

}  // namespace sslslr::io
