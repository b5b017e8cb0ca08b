#include "src/study/study_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/errors.hpp"

namespace sslslr {

Settings with(Settings base, const Settings& over) {
    std::erase_if(base, [&](const auto& setting) {
        return std::ranges::any_of(over, [&](const auto& other) { return other.first == setting.first; });
    });
    base.insert(base.end(), over.begin(), over.end());
    return base;
}

void throw_unknown(const char* what, const std::string& name, const std::vector<std::string>& known) {
    throw ConfigError{fmt::format("--study: no [{} {}] in the study file; there is {}", what, name,
                                  known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")))};
}

}  // namespace sslslr
