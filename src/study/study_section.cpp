#include "src/study/study_section.hpp"

#include <map>

namespace sslslr {

std::string title_of(const StudySection& section) {
    return fmt::format("[{}{}{}]", section.kind, section.name.empty() ? "" : " ", section.name);
}

std::vector<StudySection> sections_of(const std::string& text, const std::string& what) {
    std::vector<StudySection> sections;
    std::map<std::string, std::size_t> lines;  // of titles
    for (const auto& found : parse_ini(text, what)) {
        const auto space = found.title.find(' ');
        const auto name = found.title.find_first_not_of(' ', space);
        StudySection section{found.title.substr(0, space),
                             name == std::string::npos ? "" : found.title.substr(name), found.number,
                             found.lines};
        const auto [before, is_new] = lines.try_emplace(title_of(section), found.number);
        if (!is_new && section.kind != "figure") {
            throw ConfigError{
                fmt::format("{}: {} appears twice, in lines {} and {}: merge them or rename one", what,
                            title_of(section), before->second, found.number)};
        }
        sections.push_back(std::move(section));
    }
    return sections;
}

Settings settings_of(const std::vector<IniLine>& lines) {
    Settings settings;
    for (const auto& line : lines) {
        settings.emplace_back(line.name, line.value);
    }
    return settings;
}

}  // namespace sslslr
