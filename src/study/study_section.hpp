#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/settings/ini_file.hpp"
#include "src/settings/options.hpp"
#include "src/settings/words.hpp"
#include "src/study/study_spec.hpp"

namespace sslslr {

/// A section of a study file: "method simclr" is kind and name.
struct StudySection {
    std::string kind;
    std::string name;
    std::size_t number = 0;  ///< line number of the title
    std::vector<IniLine> lines;
};

std::string title_of(const StudySection& section);

/// Returns the sections in the order of the file. The lines before the first title are one without kind and
/// name.
/// @throws ConfigError  a line cannot be read, or a section other than a figure is there twice
std::vector<StudySection> sections_of(const std::string& text, const std::string& what);

Settings settings_of(const std::vector<IniLine>& lines);

/// Takes the keys of a section that the study itself uses. Those that are left are options of a command.
class StudyKeys {
public:
    /// @param is_stored  the text is that of a plan, which may hold options that were removed since
    StudyKeys(const StudySection& section, const std::string& path, bool is_stored)
        : is_stored_{is_stored},
          what_{fmt::format("{}{}", io::setting("study", path),
                            section.kind.empty() ? "" : ", " + title_of(section))},
          number_{section.number},
          all_{section.lines},
          left_{section.lines} {}

    std::string text(const std::string& key, const std::string& otherwise = "") {
        const auto value = raw(key);
        return value ? unquoted(*value) : otherwise;
    }
    /// Takes one of the words of an enumeration.
    template <Worded E>
    E word(const std::string& key, std::optional<E> otherwise = std::nullopt) {
        const auto value = text(key, otherwise ? word_of(*otherwise) : "");
        const auto word = enum_of<E>(value);
        if (!word) {
            throw ConfigError{fmt::format("{}: {} = {}: expected {}", where(key), key, value,
                                          fmt::join(words_of<E>(), ", "))};
        }
        return *word;
    }
    std::vector<std::string> words(const std::string& key) {
        return entries_of(raw(key).value_or(""), fmt::format("{}, {}", where(key), key));
    }
    /// Takes names of entries, which must exist.
    template <class T>
    std::vector<std::string> names(const std::string& key, const std::vector<T>& entries, const char* what) {
        auto names = words(key);
        for (const auto& name : names) {
            place_errors(where(key), [&] { named(entries, name, what); });
        }
        return names;
    }

    template <class T>
    T number(const std::string& key, T otherwise) {
        const auto value = text(key);
        return value.empty() ? otherwise : number_in<T>(key, value);
    }
    std::int64_t count(const std::string& key, std::int64_t otherwise) {
        const auto count = number(key, otherwise);
        if (count < 1) {
            throw ConfigError{fmt::format("{}: {} = {}: expected 1 or more", where(key), key, count)};
        }
        return count;
    }
    std::vector<std::int64_t> numbers(const std::string& key) {
        std::vector<std::int64_t> numbers;
        for (const auto& word : words(key)) {
            numbers.push_back(number_in<std::int64_t>(key, word));
        }
        return numbers;
    }

    bool flag(const std::string& key) {
        const auto value = text(key, "false");
        if (value != "true" && value != "false") {
            throw ConfigError{fmt::format("{}: {} = {}: expected true or false", where(key), key, value)};
        }
        return value == "true";
    }

    /// Takes the settings that are options of these fields.
    template <class Fields>
    Settings take(Fields fields) {
        Options options{""};
        declare(options, fields);
        const auto names = options.names();
        std::vector<IniLine> taken;
        std::erase_if(left_, [&](const auto& line) {
            const bool is_wanted = std::ranges::count(names, line.name) > 0;
            if (is_wanted) {
                taken.push_back(line);
            }
            return is_wanted;
        });
        options.read_lines(taken, what_);
        return settings_of(taken);
    }

    /// Returns what is left, which must be options of these fields, on top of those in the file that `config`
    /// names.
    template <class Fields>
    Settings options(const Fields& fields) {
        const auto config = text("config");
        check(left_, what_, fields);
        if (config.empty()) {
            return settings_of(left_);
        }
        const auto what = fmt::format("{}: config {}", where("config"), config);
        const auto sections = sections_of(read_text(config, what), what);
        if (sections.size() > 1) {
            throw ConfigError{fmt::format("{}: expected only options, found the section {}",
                                          place_of(what, sections[1].number), title_of(sections[1]))};
        }
        check(sections.front().lines, what, fields);
        return with(settings_of(sections.front().lines), settings_of(left_));
    }

    void refuse_others() const {
        if (!left_.empty()) {
            throw ConfigError{
                fmt::format("{}: unknown key {}", where(left_.front().name), left_.front().name)};
        }
    }
    /// Returns the section for error messages.
    std::string where() const { return place_of(what_, number_); }
    /// Returns the line of a key, or that of the title if the key is not given.
    std::string where(const std::string& key) const {
        const auto found = std::ranges::find(all_, key, &IniLine::name);
        return found == all_.end() ? where() : place_of(what_, found->number);
    }

private:
    /// Takes a value as it stands in the file.
    std::optional<std::string> raw(const std::string& key) {
        const auto found = std::ranges::find(left_, key, &IniLine::name);
        if (found == left_.end()) {
            return std::nullopt;
        }
        const auto again =
            std::find_if(found + 1, left_.end(), [&](const auto& line) { return line.name == key; });
        if (again != left_.end()) {
            throw ConfigError{fmt::format("{}: {} is given twice, in lines {} and {}: leave one out", what_,
                                          key, found->number, again->number)};
        }
        auto value = found->value;
        left_.erase(found);
        return value;
    }

    template <class Fields>
    void check(const std::vector<IniLine>& lines, const std::string& what, Fields fields) const {
        Options options{""};
        declare(options, fields);
        if (is_stored_) {
            options.pass_over_removed();
        }
        options.read_lines(lines, what);
    }

    template <class T>
    T number_in(const std::string& key, const std::string& value) const {
        T number{};
        const auto* const end = value.data() + value.size();
        const auto read = std::from_chars(value.data(), end, number);
        if (read.ec != std::errc{} || read.ptr != end) {
            throw ConfigError{fmt::format("{}: {} = {}: expected a number", where(key), key, value)};
        }
        return number;
    }

    bool is_stored_;
    std::string what_;
    std::size_t number_;
    std::vector<IniLine> all_;
    std::vector<IniLine> left_;
};

}  // namespace sslslr
