#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"
#include "io/survey/store_survey.hpp"

namespace sslslr::io {

/// Something about a store that its user should know.
struct Finding {
    std::string name;                     ///< which kind, for scripts
    bool is_note = false;                 ///< may well be meant so; else a warning
    std::int64_t count = 0;               ///< of clips, contents, classes, ..., as `what` says
    std::string what;                     ///< one sentence
    std::vector<std::int64_t> clips{};    ///< the first few of the clips it is about
    std::vector<std::string> examples{};  ///< likewise of names that are not clips'
    std::string remedy;
};

/// All there is to say of a store, warnings first.
std::vector<Finding> findings_of(const ClipIndex& index, const StoreSurvey& survey);

}  // namespace sslslr::io
